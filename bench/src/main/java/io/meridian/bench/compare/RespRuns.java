// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.client.Target;
import io.meridian.bench.load.RedisBenchmark;
import io.meridian.bench.load.RespLoad;
import io.meridian.bench.load.RespLoad.Order;
import io.meridian.bench.load.RespLoad.Verb;
import io.meridian.bench.load.Result;
import io.meridian.bench.load.Until;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The loads over RESP, the same for Meridian and Redis. */
final class RespRuns {
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final long FIRST_ROUND_TRIPS = 5_000;

    private final Plan plan;

    RespRuns(Plan plan) {
        this.plan = plan;
    }

    /** Writes all keys, so that every GET finds something. */
    void fill(Target target) throws IOException {
        var _ = RespLoad.run(
                target,
                new RespLoad.Shape(
                        List.of(Verb.SET), Plan.CLIENTS, Plan.PIPELINE, Plan.VALUE_BYTES, Plan.KEYS, Order.IN_TURN),
                Until.sent(Plan.KEYS));
    }

    /** Measures {@code get} or {@code set} by redis-benchmark. */
    void benchmark(Recorder recorder, FigureKey key, List<Long> servers, Target target, String test, int pipeline)
            throws InterruptedException {
        RedisBenchmark.Shape shape =
                new RedisBenchmark.Shape(test, Plan.CLIENTS, pipeline, Plan.VALUE_BYTES, Plan.KEYS, plan.threads());
        double[] rate = new double[1];
        recorder.rate(
                key,
                servers,
                () -> {
                    Result last = RedisBenchmark.run(target, shape, FIRST_ROUND_TRIPS * pipeline);
                    long requests = last.requests();
                    double seconds = last.seconds();
                    long end = System.nanoTime() + plan.slice().toNanos();
                    while (System.nanoTime() < end) {
                        last = RedisBenchmark.run(target, shape, last.perSecond(), STEP);
                        requests += last.requests();
                        seconds += last.seconds();
                    }
                    rate[0] = last.perSecond();
                    return new Result(requests, seconds, last.p50Millis(), last.p99Millis());
                },
                () -> RedisBenchmark.run(target, shape, rate[0], plan.time()));
    }

    /** Measures a pipeline of these commands by our own generator. */
    void pipeline(Recorder recorder, FigureKey key, List<Long> servers, Target target, List<Verb> verbs)
            throws InterruptedException {
        RespLoad.Shape shape =
                new RespLoad.Shape(verbs, Plan.CLIENTS, Plan.PIPELINE, Plan.VALUE_BYTES, Plan.KEYS, Order.RANDOM);
        recorder.rate(
                key,
                servers,
                () -> RespLoad.run(target, shape, Until.after(plan.slice())),
                () -> RespLoad.run(target, shape, Until.after(plan.time())));
    }
}
