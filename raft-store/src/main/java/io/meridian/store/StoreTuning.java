// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

/**
 * The limits and times of a node's replicas.
 *
 * @param electionTimeoutMillis a follower that hears nothing from its leader for so long calls for an election
 * @param entriesInFlightMax entries of one group proposed and not yet applied; more bundles gather meanwhile
 * @param congestedBytes bytes of bundles waiting in one group above which {@link Replica#isCongested()} says so
 * @param waitingBytesMax bytes above which further bundles are refused; one bundle is always taken when none waits
 * @param entryDeadlineMillis an entry that JRaft never answers for is given up as unknown after this time
 * @param readDeadlineMillis a linearizable read that gets no answer fails after this time
 * @param snapshotLogBytes bytes of entries applied since the last snapshot that trigger the next
 * @param snapshotIntervalMillis time after which any entry applied since the last snapshot triggers the next
 * @param freeBytesMin writes are refused while the disk has less space than this
 * @param heapPercentMax commands that take memory are refused while the heap is fuller than this after a collection
 * @param tickMillis how often deadlines, expiry, staleness and disk are looked at
 */
public record StoreTuning(
        int electionTimeoutMillis,
        int entriesInFlightMax,
        long congestedBytes,
        long waitingBytesMax,
        long entryDeadlineMillis,
        long readDeadlineMillis,
        long snapshotLogBytes,
        long snapshotIntervalMillis,
        long freeBytesMin,
        int heapPercentMax,
        int tickMillis) {
    private static final long MIB = 1L << 20;

    public StoreTuning {
        if (electionTimeoutMillis < 100
                || entriesInFlightMax < 1
                || congestedBytes < 1
                || waitingBytesMax < congestedBytes
                || entryDeadlineMillis < electionTimeoutMillis
                || readDeadlineMillis < 1
                || snapshotLogBytes < 1
                || snapshotIntervalMillis < 1
                || freeBytesMin < 0
                || heapPercentMax < 0
                || heapPercentMax > 100
                || tickMillis < 10) {
            throw new IllegalArgumentException("out of range or in contradiction: " + this);
        }
    }

    /** What an operator decides; all else is as it suits everybody. */
    public static StoreTuning of(int electionTimeoutMillis, long snapshotLogBytes, long snapshotIntervalMillis) {
        return new StoreTuning(
                electionTimeoutMillis,
                2,
                32 * MIB,
                96 * MIB,
                15_000,
                5_000,
                snapshotLogBytes,
                snapshotIntervalMillis,
                256 * MIB,
                85,
                100);
    }

    public StoreTuning withElectionTimeoutMillis(int millis) {
        return new StoreTuning(
                millis,
                entriesInFlightMax,
                congestedBytes,
                waitingBytesMax,
                entryDeadlineMillis,
                readDeadlineMillis,
                snapshotLogBytes,
                snapshotIntervalMillis,
                freeBytesMin,
                heapPercentMax,
                tickMillis);
    }

    public StoreTuning withEntriesInFlightMax(int entries) {
        return new StoreTuning(
                electionTimeoutMillis,
                entries,
                congestedBytes,
                waitingBytesMax,
                entryDeadlineMillis,
                readDeadlineMillis,
                snapshotLogBytes,
                snapshotIntervalMillis,
                freeBytesMin,
                heapPercentMax,
                tickMillis);
    }

    public StoreTuning withWaitingBytes(long congested, long max) {
        return new StoreTuning(
                electionTimeoutMillis,
                entriesInFlightMax,
                congested,
                max,
                entryDeadlineMillis,
                readDeadlineMillis,
                snapshotLogBytes,
                snapshotIntervalMillis,
                freeBytesMin,
                heapPercentMax,
                tickMillis);
    }

    public StoreTuning withSnapshotLogBytes(long bytes) {
        return new StoreTuning(
                electionTimeoutMillis,
                entriesInFlightMax,
                congestedBytes,
                waitingBytesMax,
                entryDeadlineMillis,
                readDeadlineMillis,
                bytes,
                snapshotIntervalMillis,
                freeBytesMin,
                heapPercentMax,
                tickMillis);
    }

    public StoreTuning withFreeBytesMin(long bytes) {
        return new StoreTuning(
                electionTimeoutMillis,
                entriesInFlightMax,
                congestedBytes,
                waitingBytesMax,
                entryDeadlineMillis,
                readDeadlineMillis,
                snapshotLogBytes,
                snapshotIntervalMillis,
                bytes,
                heapPercentMax,
                tickMillis);
    }

    public StoreTuning withHeapPercentMax(int percent) {
        return new StoreTuning(
                electionTimeoutMillis,
                entriesInFlightMax,
                congestedBytes,
                waitingBytesMax,
                entryDeadlineMillis,
                readDeadlineMillis,
                snapshotLogBytes,
                snapshotIntervalMillis,
                freeBytesMin,
                percent,
                tickMillis);
    }
}
