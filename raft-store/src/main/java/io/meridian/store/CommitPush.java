// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has the other replicas told what is committed when no entry follows that would carry it.
 *
 * <p>JRaft itself tells with the next entries or heartbeat, up to 200 ms later: a lone write would show late everywhere but on
 * the leader. After a lone entry it is told at once; in a stream of entries each tells of the one before, and a timer, one at
 * most for a group, looks whether the stream has ended.
 */
final class CommitPush {
    /** An entry that comes so long after the one before is taken for a lone one. */
    private static final long LONE_NANOS = 5_000_000;

    private static final long FIRST_LOOK_MICROS = 1_000;
    private static final long LATEST_LOOK_MICROS = 8_000;

    private final ScheduledExecutorService timers;
    private final ReplicaCounters counters;
    private final Pusher pusher;
    private final AtomicBoolean armed = new AtomicBoolean();
    private volatile long lastNanos = System.nanoTime() - LONE_NANOS;

    /** Sends the newest commit index to all that do not have it; says to how many. */
    interface Pusher {
        int push();
    }

    CommitPush(ScheduledExecutorService timers, ReplicaCounters counters, Pusher pusher) {
        this.timers = timers;
        this.counters = counters;
        this.pusher = pusher;
    }

    /** The leader has applied an entry; on its applier's thread. */
    void applied() {
        long now = System.nanoTime();
        boolean isLone = now - lastNanos > LONE_NANOS;
        lastNanos = now;
        if (isLone) {
            push();
        }
        // Also after a lone one: to some replica the entry itself may be on its way only now, with an older commit
        // index.
        if (armed.compareAndSet(false, true)) {
            arm(FIRST_LOOK_MICROS);
        }
    }

    private void arm(long delayMicros) {
        long proposals = counters.proposals();
        try {
            var _ = timers.schedule(() -> look(proposals, delayMicros), delayMicros, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException closed) {
            armed.set(false);
        }
    }

    private void look(long proposalsBefore, long delayMicros) {
        if (counters.proposals() != proposalsBefore) {
            // Each newer entry tells what was committed before it. Under a steady load a look each 8 ms costs little.
            arm(Math.min(2 * delayMicros, LATEST_LOOK_MICROS));
            return;
        }
        armed.set(false);
        push();
    }

    private void push() {
        Batcher.complete(() -> counters.commitPushes.add(pusher.push()));
    }
}
