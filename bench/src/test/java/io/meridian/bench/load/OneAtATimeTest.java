// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {
    @Test
    void percentilesAreOfTheTimesOfTheWrites() throws IOException {
        List<Long> keys = new ArrayList<>();
        OneAtATime.Write write = key -> {
            // One of twenty takes two milliseconds more at least: the half is far below, the hundredth is not.
            long end = System.nanoTime() + (keys.size() % 20 == 0 ? 2_000_000 : 0);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            keys.add(key);
        };

        Result result = OneAtATime.run(write, 10, Until.sent(1000));

        assertThat(result.requests()).isEqualTo(1000);
        assertThat(keys).hasSize(1000).allMatch(key -> key >= 0 && key < 10);
        assertThat(result.p99Millis()).isGreaterThanOrEqualTo(1.99);
        assertThat(result.p50Millis()).isLessThan(result.p99Millis());
    }
}
