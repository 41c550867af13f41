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
 * the leader. One timer at most is armed for a group.
 */
final class CommitPush {
    /** Under a steady load an entry follows sooner, and nothing is pushed. */
    private static final long DELAY_MICROS = 1_000;

    private final ScheduledExecutorService timers;
    private final ReplicaCounters counters;
    private final Pusher pusher;
    private final AtomicBoolean armed = new AtomicBoolean();
    private volatile long proposalsWhenArmed;

    /** Sends the newest commit index to all that do not have it; says to how many. */
    interface Pusher {
        int push();
    }

    CommitPush(ScheduledExecutorService timers, ReplicaCounters counters, Pusher pusher) {
        this.timers = timers;
        this.counters = counters;
        this.pusher = pusher;
    }

    /** The leader has applied an entry. */
    void applied() {
        if (armed.compareAndSet(false, true)) {
            arm();
        }
    }

    private void arm() {
        proposalsWhenArmed = counters.proposals();
        try {
            var _ = timers.schedule(this::fire, DELAY_MICROS, TimeUnit.MICROSECONDS);
        } catch (RejectedExecutionException closed) {
            armed.set(false);
        }
    }

    private void fire() {
        if (counters.proposals() != proposalsWhenArmed) {
            // Each newer entry tells what was committed before it; look again whether one follows the newest.
            arm();
            return;
        }
        armed.set(false);
        Batcher.complete(() -> counters.commitPushes.add(pusher.push()));
    }
}
