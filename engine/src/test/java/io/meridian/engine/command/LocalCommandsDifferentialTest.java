// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.CommandLine;
import io.meridian.engine.testing.FakeHost;
import io.meridian.engine.testing.FakeSession;
import io.meridian.engine.testing.RedisCli;
import io.meridian.engine.testing.differential.RedisServer;
import io.meridian.engine.testing.differential.RespConnection;
import io.meridian.engine.testing.differential.RespValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Local commands answer what redis-server 7.0.15 answers, as far as the same can be asked of both. */
class LocalCommandsDifferentialTest {
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
    void theSameLinesGiveTheSameReplies(int protocol) throws IOException {
        FakeSession session = new FakeSession(new FakeHost());
        session.protocol(protocol);
        RedisCli engine = new RedisCli(session);
        List<String> differences = new ArrayList<>();
        int lines = 0;
        try (RespConnection oracle = redis.connect(protocol)) {
            for (List<Bytes> words : lines()) {
                lines++;
                RespValue expected = oracle.send(List.of(words)).getFirst();
                RespValue actual = RespValue.of(engine.reply(words), protocol);
                if (!unordered(expected).equals(unordered(actual))) {
                    differences.add("\n" + CommandLine.join(words) + "\n  redis  " + unordered(expected) + "\n  engine "
                            + unordered(actual));
                }
            }
        }

        assertThat(differences).isEmpty();
        assertThat(lines).isGreaterThan(150);
    }

    private static List<List<Bytes>> lines() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(LocalCommandsDifferentialTest.class.getResourceAsStream("local-lines.txt"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(CommandLine::split)
                    .toList();
        }
    }

    /** Flags and categories are sets, which RESP2 cannot say: no collection's order counts here. */
    private static RespValue unordered(RespValue value) {
        if (!(value instanceof RespValue.Items several)) {
            return value;
        }
        List<RespValue> items = new ArrayList<>(several.items().stream()
                .map(LocalCommandsDifferentialTest::unordered)
                .toList());
        items.sort(Comparator.comparing(RespValue::toString));
        return new RespValue.Items(several.mark(), items);
    }
}
