// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Waits until this node's replicas have applied all that a session has seen (MERIDIAN SYNC). For the lane's thread. */
final class Freshness {
    private final Router router;
    private final Lane lane;
    private final Floors floors;
    private final CompletableFuture<Reply> later = new CompletableFuture<>();
    private final List<Runnable> forgets = new ArrayList<>();
    private @Nullable Future<?> expiry;
    private int waiting;

    Freshness(Router router, Lane lane, Floors floors) {
        this.router = router;
        this.lane = lane;
        this.floors = floors;
    }

    /** OK once fresh, else an error when the time is over; 0 waits as long as a request may. */
    CompletionStage<Reply> within(long timeoutMillis) {
        long timeout = timeoutMillis > 0 ? timeoutMillis : router.requestTimeoutNanos() / 1_000_000;
        for (GroupRoute route : router.routes()) {
            long floor = floors.of(route);
            if (floor > route.replica().appliedIndex()) {
                waiting++;
                forgets.add(route.replica().whenApplied(floor, () -> lane.run(this::arrived)));
            }
        }
        if (waiting == 0) {
            later.complete(Reply.OK);
        } else {
            expiry = lane.schedulable(() -> end(new Reply.Failure("ERR not fresh after " + timeout + " ms")), timeout);
        }
        return later;
    }

    private void arrived() {
        if (--waiting == 0) {
            end(Reply.OK);
        }
    }

    private void end(Reply reply) {
        if (expiry != null) {
            expiry.cancel(false);
        }
        forgets.forEach(Runnable::run);
        later.complete(reply);
    }
}
