// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.store.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits until this node's replicas show all that their groups' leaders had committed when asked. */
record CatchUp(Collection<Replica> replicas, ScheduledExecutorService timer) {
    private static final long LOOK_MILLIS = 10;

    /** Fails with TimeoutException, naming a group that is behind. */
    CompletionStage<Void> within(Duration timeout) {
        List<Wanted> wanted = new ArrayList<>();
        long asked = System.nanoTime();
        for (Replica replica : replicas) {
            wanted.add(new Wanted(replica, replica.commitIndex(), asked));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        ScheduledFuture<?> looking = timer.scheduleWithFixedDelay(
                () -> look(wanted, asked + timeout.toNanos(), done), 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return done.whenComplete((_, _) -> looking.cancel(false));
    }

    private static void look(List<Wanted> wanted, long deadlineNanos, CompletableFuture<Void> done) {
        wanted.removeIf(Wanted::isShown);
        if (wanted.isEmpty()) {
            done.complete(null);
        } else if (System.nanoTime() - deadlineNanos >= 0) {
            done.completeExceptionally(
                    new TimeoutException("group " + wanted.getFirst().replica().group() + " is behind its leader"));
        }
    }

    /** A replica that has not been seen to be fresh yet. */
    private record Wanted(Replica replica, long commitIndex, long askedNanos) {
        /** A leader that its quorum follows knows by itself; another replica once it is no older than the question. */
        boolean isShown() {
            if (!replica.isServing() || replica.appliedIndex() < commitIndex) {
                return false;
            }
            long staleness = replica.stalenessMillis();
            return (replica.isLeader() && staleness == 0)
                    || staleness < TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - askedNanos);
        }
    }
}
