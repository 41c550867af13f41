// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Counts the regions beside home in which some node has applied what a session wrote (WAIT). */
final class AppliedElsewhere {
    private final Router router;
    private final Lane lane;
    private final GroupRoute route;
    private final long floor;
    private final Set<String> regions = new HashSet<>();
    private final CompletableFuture<Reply> later = new CompletableFuture<>();
    private Runnable forget = () -> {};
    private @Nullable Future<?> expiry;

    AppliedElsewhere(Router router, Lane lane, GroupRoute route, long floor) {
        this.router = router;
        this.lane = lane;
        this.route = route;
        this.floor = floor;
    }

    /** The count of regions as far as it is known without asking: this node's own, when it has applied it. */
    Reply known() {
        boolean isHere = floor <= route.replica().appliedIndex()
                && router.learners(route).stream()
                        .anyMatch(learner -> learner.node().equals(router.self()));
        return isHere ? Reply.ONE : Reply.ZERO;
    }

    /** The count of regions once there are as many as asked for, or when the time is over; 0 ms waits as long as a request may. */
    CompletionStage<Reply> in(long wanted, long timeoutMillis) {
        long timeout = timeoutMillis > 0 ? timeoutMillis : router.requestTimeoutNanos() / 1_000_000;
        for (Router.Learner learner : router.learners(route)) {
            Runnable arrived = () -> lane.run(() -> {
                regions.add(learner.region());
                if (regions.size() >= wanted) {
                    end();
                }
            });
            if (learner.node().equals(router.self())) {
                forget = route.replica().whenApplied(floor, arrived);
            } else {
                router.peers().whenApplied(learner.node(), route.name(), floor, arrived);
            }
        }
        if (wanted <= 0) {
            end();
        } else {
            expiry = lane.schedulable(this::end, timeout);
        }
        return later;
    }

    private void end() {
        if (expiry != null) {
            expiry.cancel(false);
        }
        forget.run();
        later.complete(Reply.Int.of(regions.size()));
    }
}
