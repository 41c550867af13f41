// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** What the admin port answers to which path. */
final class AdminEndpoints {
    /** Of {@code /metrics}, as Prometheus asks for it. */
    static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String TEXT_TYPE = "text/plain; charset=utf-8";
    private static final int SCRAPES_MAX = 4;

    /** An answer in full. */
    record Answer(HttpResponseStatus status, String type, String body) {
        static Answer text(HttpResponseStatus status, String body) {
            return new Answer(status, TEXT_TYPE, body);
        }
    }

    private final Health health;
    private final Supplier<String> metrics;
    private final Semaphore scrapes = new Semaphore(SCRAPES_MAX);

    AdminEndpoints(Health health, Supplier<String> metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    /** Never fails, and never waits in the calling thread. */
    CompletionStage<Answer> answer(HttpMethod method, String uri) {
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            return now(Answer.text(HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD\n"));
        }
        try {
            QueryStringDecoder query = new QueryStringDecoder(uri);
            return switch (query.path()) {
                case "/livez", "/readyz" ->
                    health.answer(query.path(), query.parameters()).thenApply(AdminEndpoints::answer);
                case "/metrics" -> scrape();
                default ->
                    now(Answer.text(HttpResponseStatus.NOT_FOUND, "there are /livez, /readyz and /metrics here\n"));
            };
        } catch (IllegalArgumentException e) {
            return now(Answer.text(HttpResponseStatus.BAD_REQUEST, "bad request: " + e.getMessage() + "\n"));
        }
    }

    private CompletionStage<Answer> scrape() {
        if (!scrapes.tryAcquire()) {
            return now(Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many scrapes at once\n"));
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("metrics").start(() -> {
            try {
                answer.complete(new Answer(HttpResponseStatus.OK, METRICS_TYPE, metrics.get()));
            } catch (RuntimeException | Error e) {
                answer.complete(Answer.text(HttpResponseStatus.INTERNAL_SERVER_ERROR, "metrics failed: " + e + "\n"));
            } finally {
                scrapes.release();
            }
        });
        return answer;
    }

    private static Answer answer(Health.Report report) {
        return Answer.text(
                report.isGood() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE, report.text());
    }

    private static CompletionStage<Answer> now(Answer answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
