// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class WrkTest {
    // As wrk 4.1.0 prints it.
    private static final String OUTPUT = """
        Running 2s test @ http://127.0.0.1:8080/
          1 threads and 50 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     1.25ms  500.00us  20.11ms   95.00%
            Req/Sec    40.00k     2.00k   45.00k    70.00%
          Latency Distribution
             50%  950.00us
             75%    1.50ms
             90%    2.00ms
             99%    1.02s
          80000 requests in 2.00s, 12.00MB read
        Requests/sec:  40000.50
        Transfer/sec:      6.00MB
        """;

    @Test
    void readsRateAndPercentilesInTheirUnits() throws IOException {
        Result result = Wrk.parse(OUTPUT);

        assertThat(result.requests()).isEqualTo(80_000);
        assertThat(result.perSecond()).isCloseTo(40000.5, within(0.01));
        assertThat(result.p50Millis()).isCloseTo(0.95, within(1e-9));
        assertThat(result.p99Millis()).isCloseTo(1020, within(1e-9));
    }

    @Test
    void refusesARunWithOtherAnswers() {
        assertThatThrownBy(() -> Wrk.parse(OUTPUT + "  Non-2xx or 3xx responses: 7\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Non-2xx");
        assertThatThrownBy(() -> Wrk.parse("unable to connect")).isInstanceOf(IOException.class);
    }
}
