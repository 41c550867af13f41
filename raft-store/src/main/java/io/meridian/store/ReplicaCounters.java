// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.concurrent.atomic.LongAdder;

/** What one replica has done since it was opened; everything only grows. */
public final class ReplicaCounters {
    final LongAdder entries = new LongAdder();
    final LongAdder entryBytes = new LongAdder();
    final LongAdder proposals = new LongAdder();
    final LongAdder commands = new LongAdder();
    final LongAdder refusals = new LongAdder();
    final LongAdder unknowns = new LongAdder();
    final LongAdder readIndexes = new LongAdder();
    final LongAdder fullReadIndexes = new LongAdder();
    final LongAdder linearizableReads = new LongAdder();
    final LongAdder snapshotsSaved = new LongAdder();
    final LongAdder snapshotsLoaded = new LongAdder();
    final LongAdder commitPushes = new LongAdder();
    private final Histogram batchCommands = new Histogram();
    private final Histogram commitMicros = new Histogram();

    /** Entries applied, by any replica. */
    public long entries() {
        return entries.sum();
    }

    /** Bytes of entries applied. */
    public long entryBytes() {
        return entryBytes.sum();
    }

    /** Entries proposed, as leader. */
    public long proposals() {
        return proposals.sum();
    }

    /** Commands answered, as leader. */
    public long commands() {
        return commands.sum();
    }

    /** Bundles that failed as not applied. */
    public long refusals() {
        return refusals.sum();
    }

    /** Bundles whose outcome stayed unknown. */
    public long unknowns() {
        return unknowns.sum();
    }

    /** Quorum rounds for linearizable reads. */
    public long readIndexes() {
        return readIndexes.sum();
    }

    /** Those of them for which all voters were asked: one that was asked alone did not answer, or as from another term. */
    public long fullReadIndexes() {
        return fullReadIndexes.sum();
    }

    public long linearizableReads() {
        return linearizableReads.sum();
    }

    public long snapshotsSaved() {
        return snapshotsSaved.sum();
    }

    public long snapshotsLoaded() {
        return snapshotsLoaded.sum();
    }

    /** Commit indexes pushed to other replicas ahead of the next heartbeat. */
    public long commitPushes() {
        return commitPushes.sum();
    }

    /** Commands, riding reads included, in each entry proposed. */
    public Histogram batchCommands() {
        return batchCommands;
    }

    /** Microseconds from proposing an entry to its being applied on the leader. */
    public Histogram commitMicros() {
        return commitMicros;
    }
}
