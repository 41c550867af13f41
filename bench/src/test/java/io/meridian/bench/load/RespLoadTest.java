// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.bench.Needs;
import io.meridian.bench.client.RespClient;
import io.meridian.bench.client.Target;
import io.meridian.bench.load.RespLoad.Order;
import io.meridian.bench.load.RespLoad.Shape;
import io.meridian.bench.load.RespLoad.Verb;
import io.meridian.bench.system.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The generators against a real redis-server. */
class RespLoadTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    // Set before any test.
    @SuppressWarnings("NullAway.Init")
    private static RedisServer redis;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        Needs.program("redis-server");
        Needs.program("redis-benchmark");
        redis = RedisServer.start("everysec", folder);
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @BeforeEach
    void empty() throws IOException {
        ask("FLUSHALL");
        ask("CONFIG", "RESETSTAT");
    }

    @Test
    void writesEachKeyInTurnOnce() throws IOException {
        Result result = RespLoad.run(
                redis.target(), new Shape(List.of(Verb.SET), 7, 16, 100, 1120, Order.IN_TURN), Until.sent(1120));

        assertThat(result.requests()).isEqualTo(1120);
        assertThat(ask("DBSIZE")).isEqualTo("1120");
        assertThat(ask("GET", Words.key(1119))).isEqualTo(Words.value(100));
    }

    @Test
    void alternatesItsCommands() throws IOException {
        Shape shape = new Shape(List.of(Verb.SET, Verb.GET), 1, 16, 10, 1, Order.RANDOM);

        Result result = RespLoad.run(redis.target(), shape, Until.sent(160));

        assertThat(result.requests()).isEqualTo(160);
        assertThat(ask("INFO", "commandstats")).contains("cmdstat_set:calls=80,", "cmdstat_get:calls=80,");
    }

    @Test
    void endsAfterItsTime() throws IOException {
        Shape shape = new Shape(List.of(Verb.SET), 3, 2, 10, 5, Order.RANDOM);

        Result result = RespLoad.run(redis.target(), shape, Until.after(Duration.ofMillis(50)));

        assertThat(result.requests()).isPositive();
        assertThat(result.seconds()).isGreaterThanOrEqualTo(0.05);
        assertThat(result.p50Millis()).isPositive().isLessThanOrEqualTo(result.p99Millis());
    }

    @Test
    void aGetThatFindsNothingFailsTheRun() {
        Shape shape = new Shape(List.of(Verb.GET), 1, 1, 10, 5, Order.RANDOM);

        assertThatThrownBy(() -> RespLoad.run(redis.target(), shape, Until.sent(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("found nothing");
    }

    @Test
    void anErrorFailsTheRun() throws IOException {
        ask("LPUSH", Words.key(0), "element");
        Shape shape = new Shape(List.of(Verb.GET), 2, 4, 10, 1, Order.RANDOM);

        assertThatThrownBy(() -> RespLoad.run(redis.target(), shape, Until.sent(8)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("WRONGTYPE");
    }

    @Test
    void aWrongPasswordFailsTheRun() {
        Shape shape = new Shape(List.of(Verb.SET), 1, 1, 10, 5, Order.RANDOM);
        Target stranger = new Target(redis.target().port(), "nobody", "wrong");

        assertThatThrownBy(() -> RespLoad.run(stranger, shape, Until.sent(1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("WRONGPASS");
    }

    @Test
    void redisBenchmarkWritesTheSameKeysAndTellsItsFigures() throws Exception {
        RedisBenchmark.Shape shape = new RedisBenchmark.Shape("set", 5, 4, 100, 1, 1);

        Result result = RedisBenchmark.run(redis.target(), shape, 2000);

        assertThat(result.requests()).isEqualTo(2000);
        assertThat(result.perSecond()).isPositive();
        assertThat(ask("GET", Words.key(0))).hasSize(100);
    }

    @Test
    void aLoneWriteShowsToAReaderOfTheSameServer() throws Exception {
        try (RespClient writer = RespClient.open(redis.target(), TIMEOUT);
                RespClient reader = RespClient.open(redis.target(), TIMEOUT)) {
            Result result = Visibility.run(writer, reader, 5);

            assertThat(result.requests()).isEqualTo(5);
            assertThat(result.p99Millis()).isPositive();
        }
    }

    private static String ask(String... words) throws IOException {
        try (RespClient client = RespClient.open(redis.target(), TIMEOUT)) {
            return client.call(words).orElse("");
        }
    }
}
