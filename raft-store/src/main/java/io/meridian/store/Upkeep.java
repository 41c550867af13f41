// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Node;
import java.io.IOException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one replica does now and then: deadlines, expiry, snapshots, the disk. Its turn comes with each tick of the store. */
final class Upkeep {
    private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);

    private static final long FLOOR_NANOS = 2_000_000_000;

    private final String group;
    private final StoreTuning tuning;
    private final ReplicaFolder folder;
    private final DiskSpace disk;
    private final Batcher batcher;
    private final Applier applier;
    private final ReadIndexes readIndexes;
    private final Freshness freshness;
    private final RaftStorage storage;
    private final Node node;
    // The tick's own.
    private long floorNotedNanos = System.nanoTime();
    private volatile long snapshotBegunNanos = System.nanoTime();
    private volatile boolean snapshotFailed;

    Upkeep(
            String group,
            StoreTuning tuning,
            ReplicaFolder folder,
            DiskSpace disk,
            Batcher batcher,
            Applier applier,
            ReadIndexes readIndexes,
            Freshness freshness,
            RaftStorage storage,
            Node node) {
        this.group = group;
        this.tuning = tuning;
        this.folder = folder;
        this.disk = disk;
        this.batcher = batcher;
        this.applier = applier;
        this.readIndexes = readIndexes;
        this.freshness = freshness;
        this.storage = storage;
        this.node = node;
    }

    /** Short: many replicas share the thread. */
    void tick() {
        batcher.giveUpOverdue();
        readIndexes.giveUpOverdue();
        batcher.takeNoWrites(disk.isLow() ? "no space left on the leader's disk" : null);
        if (batcher.isLeading()) {
            expire();
            // Half a lease: a leader that nobody asks knows all the same that it leads.
            if (freshness.confirmationAgeNanos() > tuning.electionTimeoutMillis() * 450_000L) {
                readIndexes.confirm();
            }
        }
        if (isSnapshotDue()) {
            snapshot(_ -> {});
        }
        try {
            folder.noteStarted();
            noteFloor();
        } catch (IOException failed) {
            LOG.warn("group {}: {} cannot be written: {}", group, folder.directory(), failed.toString());
        }
    }

    private void noteFloor() throws IOException {
        if (System.nanoTime() - floorNotedNanos > FLOOR_NANOS) {
            floorNotedNanos = System.nanoTime();
            // What is pushed as committed may be applied before it is synced here.
            folder.noteFloor(Math.min(applier.appliedIndex(), storage.durableIndex()));
        }
    }

    /** Has keys removed that have ended, slice after slice until there are none. */
    private void expire() {
        if (batcher.isLeading()
                && applier.failure() == null
                && applier.earliestExpiry() <= System.currentTimeMillis()) {
            batcher.expire(this::expire);
        }
    }

    private boolean isSnapshotDue() {
        long bytes = applier.bytesSinceSnapshot();
        long sinceMillis = (System.nanoTime() - snapshotBegunNanos) / 1_000_000;
        // Not again at once after one that was slow, and less soon after one that failed.
        long pauseMillis = snapshotFailed ? 30_000 : 1_000;
        return applier.failure() == null
                && bytes > 0
                && sinceMillis > pauseMillis
                && (bytes > tuning.snapshotLogBytes() || sinceMillis > tuning.snapshotIntervalMillis());
    }

    /** Begins a snapshot of what is applied now; the outcome is told on any thread, true when it is on disk. */
    void snapshot(Consumer<Boolean> whenDone) {
        snapshotBegunNanos = System.nanoTime();
        // JRaft stops the replica for good when it cannot make the directory: so it is not asked to.
        if (disk.isLow()) {
            LOG.warn("group {} takes no snapshot: too little space is left on the disk", group);
            snapshotFailed = true;
            whenDone.accept(false);
            return;
        }
        node.snapshot(status -> {
            snapshotFailed = !status.isOk();
            if (!status.isOk()) {
                LOG.warn("group {} has no new snapshot: {}", group, status.getErrorMsg());
            }
            whenDone.accept(status.isOk());
        });
    }
}
