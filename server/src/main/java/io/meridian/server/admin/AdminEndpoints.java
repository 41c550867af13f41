// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the admin port answers to which path. */
final class AdminEndpoints {
    /** Of {@code /metrics}, as Prometheus asks for it. */
    static final String METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final String TEXT_TYPE = "text/plain; charset=utf-8";
    private static final Duration SYNC_DEFAULT = Duration.ofSeconds(5);
    private static final Duration SYNC_MAX = Duration.ofSeconds(60);
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(ms|s)");
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
                case "/livez" -> now(answer(health.alive()));
                case "/readyz" -> ready(query);
                case "/metrics" -> scrape();
                default ->
                    now(Answer.text(HttpResponseStatus.NOT_FOUND, "there are /livez, /readyz and /metrics here\n"));
            };
        } catch (IllegalArgumentException e) {
            return now(Answer.text(HttpResponseStatus.BAD_REQUEST, "bad request: " + e.getMessage() + "\n"));
        }
    }

    private CompletionStage<Answer> ready(QueryStringDecoder query) {
        if (!query.parameters().containsKey("sync")) {
            return now(answer(health.ready()));
        }
        Duration timeout = SYNC_DEFAULT;
        for (String text : query.parameters().getOrDefault("timeout", List.of())) {
            timeout = duration(text);
        }
        return health.readyAfterCatchingUp(timeout).thenApply(AdminEndpoints::answer);
    }

    private static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("timeout is a duration like 500ms or 5s");
        }
        long amount = Long.parseLong(matcher.group(1));
        Duration duration = matcher.group(2).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
        if (duration.compareTo(SYNC_MAX) > 0) {
            throw new IllegalArgumentException("timeout is at most " + SYNC_MAX.toSeconds() + "s");
        }
        return duration;
    }

    private CompletionStage<Answer> scrape() {
        if (!scrapes.tryAcquire()) {
            return now(Answer.text(HttpResponseStatus.SERVICE_UNAVAILABLE, "too many scrapes at once\n"));
        }
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Thread.ofVirtual().name("metrics").start(() -> {
            try {
                answer.complete(new Answer(HttpResponseStatus.OK, METRICS_TYPE, metrics.get()));
            } catch (RuntimeException e) {
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
