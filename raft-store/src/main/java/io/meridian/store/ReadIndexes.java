// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Confirms with a quorum, for all linearizable reads that wait, that what is applied here is the newest: one round at a time,
 * those that come meanwhile share the next.
 *
 * <p>A round counts only for reads that waited before it began. Safe for any thread.
 */
final class ReadIndexes {
    /** Waiting reads beyond this are refused: far more than a node has connections. */
    private static final int WAITING_MAX = 100_000;

    private static final byte[] NO_CONTEXT = new byte[0];

    /** A read that waits for a round. */
    interface Read {
        /** The newest state is applied here; called on any thread. */
        void confirmed();

        void failed(String reason);
    }

    /** Raft's part. */
    interface Raft {
        /** Answers the closure on any thread, possibly from within; throws IllegalStateException once it is shut down. */
        void readIndex(byte[] context, ReadIndexClosure closure);

        /** A quorum took this replica for its leader, or answered through its leader, at some time after this. */
        void confirmed(long sinceNanos);
    }

    private final Raft raft;
    private final ReplicaCounters counters;
    private final long deadlineNanos;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by the lock.
    private List<Read> waiting = new ArrayList<>();
    private @Nullable Round running;

    ReadIndexes(Raft raft, ReplicaCounters counters, long deadlineMillis) {
        this.raft = raft;
        this.counters = counters;
        this.deadlineNanos = deadlineMillis * 1_000_000;
    }

    void add(Read read) {
        Round next;
        lock.lock();
        try {
            if (waiting.size() >= WAITING_MAX) {
                next = null;
            } else {
                waiting.add(read);
                if (running != null) {
                    return;
                }
                next = begin();
            }
        } finally {
            lock.unlock();
        }
        if (next == null) {
            read.failed("busy");
        } else {
            next.ask();
        }
    }

    /** Begins a round for nobody, to learn whether this replica still leads; does nothing while one is running. */
    void confirm() {
        Round next;
        lock.lock();
        try {
            if (running != null) {
                return;
            }
            next = begin();
        } finally {
            lock.unlock();
        }
        next.ask();
    }

    /** Fails a round that was never answered. */
    void giveUpOverdue() {
        Round overdue;
        lock.lock();
        try {
            overdue = running;
        } finally {
            lock.unlock();
        }
        if (overdue != null && System.nanoTime() - overdue.beganNanos > deadlineNanos) {
            overdue.fail("no quorum answered within the deadline");
        }
    }

    private Round begin() {
        Round round = new Round(waiting);
        waiting = new ArrayList<>();
        running = round;
        counters.readIndexes.increment();
        return round;
    }

    /** The next round, when reads have gathered during the last. */
    private @Nullable Round next() {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                running = null;
                return null;
            }
            return begin();
        } finally {
            lock.unlock();
        }
    }

    private final class Round extends ReadIndexClosure {
        private final List<Read> reads;
        private final long beganNanos = System.nanoTime();
        private final AtomicBoolean claimed = new AtomicBoolean();

        Round(List<Read> reads) {
            // No timer of JRaft's: each would stay on its wheel for two seconds. Our own tick looks after rounds.
            super(-1);
            this.reads = reads;
        }

        void ask() {
            try {
                raft.readIndex(NO_CONTEXT, this);
            } catch (IllegalStateException shutDown) {
                fail("the replica is closed");
            }
        }

        @Override
        public void run(Status status, long index, byte[] context) {
            if (!status.isOk()) {
                fail(status.getErrorMsg());
            } else if (claimed.compareAndSet(false, true)) {
                raft.confirmed(beganNanos);
                // The next round's messages are on their way while these reads run.
                Round next = next();
                if (next != null) {
                    next.ask();
                }
                for (Read read : reads) {
                    Batcher.complete(read::confirmed);
                }
            }
        }

        void fail(String reason) {
            if (claimed.compareAndSet(false, true)) {
                for (Read read : reads) {
                    Batcher.complete(() -> read.failed(reason));
                }
                Round next = next();
                if (next != null) {
                    next.ask();
                }
            }
        }
    }
}
