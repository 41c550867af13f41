// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Waits until this node's replicas have applied all that a session has seen (MERIDIAN SYNC, readiness). */
final class Freshness {
    private final Router router;
    private final Lane lane;
    private final Floors floors;
    private int waiting;

    Freshness(Router router, Lane lane, Floors floors) {
        this.router = router;
        this.lane = lane;
        this.floors = floors;
    }

    /** OK once fresh, else an error when the time is over; 0 waits as long as a request may. */
    CompletionStage<Reply> within(long timeoutMillis) {
        CompletableFuture<Reply> later = new CompletableFuture<>();
        long timeout = timeoutMillis > 0 ? timeoutMillis : router.requestTimeoutNanos() / 1_000_000;
        waiting = 1;
        for (GroupRoute route : router.routes()) {
            long floor = floors.of(route);
            if (floor > route.replica().appliedIndex()) {
                waiting++;
                route.replica().whenApplied(floor, () -> lane.run(() -> arrived(later)));
            }
        }
        arrived(later);
        if (!later.isDone()) {
            lane.schedule(() -> later.complete(new Reply.Failure("ERR not fresh after " + timeout + " ms")), timeout);
        }
        return later;
    }

    private void arrived(CompletableFuture<Reply> later) {
        if (--waiting == 0) {
            later.complete(Reply.OK);
        }
    }
}
