// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import java.io.IOException;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/** One client that sends a write, waits for its acknowledgement, and sends the next. */
public final class OneAtATime {
    private static final long LATENCY_NANOS_MAX = 3_600_000_000_000L;

    /** A write to the key with this number; returns once it is acknowledged. */
    public interface Write {
        void to(long key) throws IOException;
    }

    private OneAtATime() {}

    public static Result run(Write write, long keys, Until until) throws IOException {
        Histogram latencies = new Histogram(LATENCY_NANOS_MAX, 3);
        SplittableRandom random = new SplittableRandom(1);
        long started = System.nanoTime();
        long now = started;
        long requests = 0;
        while (requests < until.requests() && now - started < until.nanos()) {
            write.to(random.nextLong(keys));
            long after = System.nanoTime();
            latencies.recordValue(Math.min(LATENCY_NANOS_MAX, after - now));
            now = after;
            requests++;
        }
        return new Result(
                requests,
                (now - started) / 1e9,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6);
    }
}
