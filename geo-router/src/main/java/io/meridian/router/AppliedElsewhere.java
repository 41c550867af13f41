// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts the regions beside home in which some node has applied what a session wrote (WAIT). */
final class AppliedElsewhere {
    private final Router router;
    private final Lane lane;
    private final GroupRoute route;
    private final long floor;
    private final Set<String> regions = new HashSet<>();

    AppliedElsewhere(Router router, Lane lane, GroupRoute route, long floor) {
        this.router = router;
        this.lane = lane;
        this.route = route;
        this.floor = floor;
    }

    /** The count of regions once there are as many as asked for, or when the time is over; 0 ms waits as long as a request may. */
    CompletionStage<Reply> in(long wanted, long timeoutMillis) {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        long timeout = timeoutMillis > 0 ? timeoutMillis : router.requestTimeoutNanos() / 1_000_000;
        for (Router.Learner learner : router.learners(route)) {
            Runnable arrived = () -> lane.run(() -> {
                regions.add(learner.region());
                if (regions.size() >= wanted) {
                    later.complete(Reply.Int.of(regions.size()));
                }
            });
            if (learner.node().equals(router.self())) {
                route.replica().whenApplied(floor, arrived);
            } else {
                router.peers().whenApplied(learner.node(), route.name(), floor, arrived);
            }
        }
        if (wanted <= 0) {
            later.complete(Reply.Int.of(regions.size()));
        }
        lane.schedule(() -> later.complete(Reply.Int.of(regions.size())), timeout);
        return later;
    }
}
