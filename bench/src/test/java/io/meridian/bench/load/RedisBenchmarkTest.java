// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.meridian.bench.client.Target;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class RedisBenchmarkTest {
    private static final RedisBenchmark.Shape SHAPE = new RedisBenchmark.Shape("get", 50, 16, 100, 1000, 2);

    // As redis-benchmark 7.0.15 printed it.
    private static final String CSV = """
        "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
        "GET","14863.26","2.341","0.120","0.751","5.031","37.119","371.199"
        """;

    @Test
    void readsRateAndPercentiles() throws IOException {
        Result result = RedisBenchmark.parse(CSV, 100_000);

        assertThat(result.perSecond()).isCloseTo(14863.26, within(0.01));
        assertThat(result.requests()).isEqualTo(100_000);
        assertThat(result.p50Millis()).isEqualTo(0.751);
        assertThat(result.p99Millis()).isEqualTo(37.119);
    }

    @Test
    void passesOverWarningsOfTheServersConfiguration() throws IOException {
        Result result = RedisBenchmark.parse("WARNING: Could not fetch server CONFIG\n" + CSV, 1);

        assertThat(result.p50Millis()).isEqualTo(0.751);
    }

    @Test
    void refusesOutputWithoutFigures() {
        assertThatThrownBy(() -> RedisBenchmark.parse("Error from server: NOAUTH", 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NOAUTH");
        assertThatThrownBy(() -> RedisBenchmark.parse(CSV.replace("14863.26", "0.00"), 1))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> RedisBenchmark.parse(CSV.replace("p99_latency_ms", "p98_latency_ms"), 1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void authenticatesOnlyWithAToken() {
        assertThat(RedisBenchmark.command(new Target(1, "default", "secret").at("eventual"), SHAPE, 5))
                .containsSequence("--user", "default+eventual", "-a", "secret")
                .containsSequence("--threads", "2")
                .endsWith("-n", "5");
        assertThat(RedisBenchmark.command(Target.open(1), SHAPE, 5)).doesNotContain("--user", "-a");
    }
}
