// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.CommandLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine answers what Redis answers. {@code -Ddifferential.commands=1000000 -Ddifferential.seed=7} asks it for more. */
class DifferentialTest {
    private static final int COMMANDS = Integer.getInteger(Differential.COMMANDS, 20_000);
    private static final long FIXED_SEED = 20260101;

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theSameSeedGivesTheSameReplies(int protocol) {
        compare(protocol, Long.getLong(Differential.SEED, FIXED_SEED));
    }

    /** What chance seldom meets: limits, and the order of checks. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void oddLinesGiveTheSameReplies(int protocol) throws IOException {
        List<List<Bytes>> lines;
        try (InputStream file = Objects.requireNonNull(getClass().getResourceAsStream("odd-lines.txt"))) {
            lines = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(CommandLine::split)
                    .toList();
        }
        try (RespConnection oracle = redis.connect(protocol);
                EngineSubject engine = new EngineSubject(protocol)) {
            oracle.send(Bytes.of("FLUSHALL"));

            assertThat(new Differential(oracle, engine, 0, Families.ALL)
                            .run(lines)
                            .counts())
                    .hasSizeGreaterThan(30);
        }
    }

    @Test
    void anySeedGivesTheSameReplies() {
        compare(3, Long.getLong(Differential.SEED, System.nanoTime()));
    }

    /** Over the whole range of Redis' numbers, where every digit shows how it rounds. */
    @Test
    void anyTwoFloatsHaveTheSameSum() {
        CommandGenerator floats =
                draw -> Line.of(draw.chance(0.3) ? "SET" : "INCRBYFLOAT", "f" + draw.below(4), draw.wideFloat())
                        .words();
        try (RespConnection oracle = redis.connect(2);
                EngineSubject engine = new EngineSubject(2)) {
            oracle.send(Bytes.of("FLUSHALL"));

            Differential run = new Differential(oracle, engine, Long.getLong(Differential.SEED, 1), List.of(floats));

            assertThat(run.run(COMMANDS).failures()).isLessThan(COMMANDS / 10);
        }
    }

    /** What order a large hash has is each server's own; a small one's is that of its changes. */
    @Test
    void fieldsOfAListpackStandInTheSameOrder() {
        try (RespConnection oracle = redis.connect(3);
                EngineSubject engine = new EngineSubject(3)) {
            oracle.send(Bytes.of("FLUSHALL"));
            long seed = Long.getLong(Differential.SEED, FIXED_SEED);

            Differential run = new Differential(oracle, engine, seed, List.of(HashLines.ofListpacks()));

            assertThat(run.run(COMMANDS).counts()).containsKeys("HGETALL", "HSCAN", "HDEL", "HINCRBYFLOAT");
        }
    }

    private static void compare(int protocol, long seed) {
        try (RespConnection oracle = redis.connect(protocol);
                EngineSubject engine = new EngineSubject(protocol)) {
            oracle.send(Bytes.of("FLUSHALL"));

            Differential run = new Differential(oracle, engine, seed, Families.ALL).run(COMMANDS);

            assertThat(run.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(COMMANDS);
            assertThat(run.counts()).hasSizeGreaterThan(50);
            assertThat(run.failures()).isBetween(COMMANDS / 100L, COMMANDS / 2L);
        }
    }
}
