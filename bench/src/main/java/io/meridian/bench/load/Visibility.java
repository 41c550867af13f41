// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import io.meridian.bench.client.RespClient;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long after its acknowledgement a write that nothing follows shows on another replica. */
public final class Visibility {
    private static final long NANOS_MAX = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_MICROS_MAX = 10_000;
    private static final String KEY = "lone";

    private Visibility() {}

    /**
     * Writes at one connection and asks at the other until it shows, with a pause after each, so that no write pushes the one
     * before. The time of a write ends with the arrival of the first reply that shows it; throws IOException for one that
     * does not show within 10 s.
     *
     * @param writer a connection to the group's leader
     * @param reader a connection to another replica, with level eventual
     */
    public static Result run(RespClient writer, RespClient reader, int writes)
            throws IOException, InterruptedException {
        Histogram times = new Histogram(NANOS_MAX, 3);
        SplittableRandom random = new SplittableRandom(1);
        String run = Long.toUnsignedString(System.nanoTime());
        long started = System.nanoTime();
        for (int i = 0; i < writes; i++) {
            String value = run + "-" + i;
            writer.call("SET", KEY, value);
            long acknowledged = System.nanoTime();
            long seen;
            boolean isThere;
            do {
                isThere = reader.call("GET", KEY).filter(value::equals).isPresent();
                seen = System.nanoTime();
                if (seen - acknowledged > NANOS_MAX) {
                    throw new IOException("an acknowledged write does not show on the other replica after 10 s");
                }
            } while (!isThere);
            times.recordValue(Math.min(NANOS_MAX, seen - acknowledged));
            TimeUnit.MICROSECONDS.sleep(random.nextLong(PAUSE_MICROS_MAX));
        }
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Result(writes, seconds, times.getValueAtPercentile(50) / 1e6, times.getValueAtPercentile(99) / 1e6);
    }
}
