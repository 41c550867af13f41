// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.meridian.server.config.LogFormat;
import io.meridian.server.config.LogLevel;
import io.meridian.server.config.LoggingSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class LogsTest {
    private final LoggerContext context = new LoggerContext();

    @BeforeEach
    void giveTheContextWhatSlf4jWould() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    @Test
    void aJsonLineHasEveryField() throws IOException {
        JsonNode line = json(line("two words", null));

        assertThat(line.get("time").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(line.get("level").asText()).isEqualTo("WARN");
        assertThat(line.get("logger").asText()).isEqualTo("io.meridian.Some");
        assertThat(line.get("thread").asText()).isEqualTo("event-loop-1");
        assertThat(line.get("node").asText()).isEqualTo("us-1");
        assertThat(line.get("message").asText()).isEqualTo("two words");
        assertThat(line.has("error")).isFalse();
    }

    @Test
    void aJsonLineStaysOneLineWhateverTheMessageHolds() throws IOException {
        String message = "a\"b\\c\nd\re\tf\u0000\u0001\u007f\u2028 ü 中 \ud83d\ude00 \ud83d";

        String line = line(message, null);

        assertThat(line).endsWith("}\n").hasLineCount(1);
        assertThat(json(line).get("message").asText()).isEqualTo(message);
    }

    @Test
    void anErrorIsOneFieldWithItsStackAndCauses() throws IOException {
        JsonNode line = json(line("failed", new IOException("disk", new IOException("full"))));

        assertThat(line.get("error").asText())
                .contains("java.io.IOException: disk", "at io.meridian.server.log.LogsTest", "Caused by: ", "full");
    }

    @Test
    void theLevelCountsAndLibrariesAreQuieter() {
        String log = logged(new LoggingSettings(LogLevel.INFO, LogFormat.TEXT));

        assertThat(log).contains("INFO  [", "io.meridian.Some - ours at info").doesNotContain("theirs at info");
        assertThat(log).contains("theirs at warn").doesNotContain("ours at debug");
        assertThat(logged(new LoggingSettings(LogLevel.DEBUG, LogFormat.TEXT)))
                .contains("ours at debug", "theirs at info");
    }

    @Test
    void whatEveryStartAndFailoverSaysIsLeftOutButForDebugging() {
        String log = logged(new LoggingSettings(LogLevel.WARN, LogFormat.TEXT));

        assertThat(log).doesNotContain("add a learner", "replicator connection").contains("another of theirs");
        assertThat(logged(new LoggingSettings(LogLevel.DEBUG, LogFormat.TEXT)))
                .contains("Fail to add a learner replicator, peer=us-1", "replicator connection");
    }

    @Test
    void theFormatCounts() {
        assertThat(logged(new LoggingSettings(LogLevel.ERROR, LogFormat.JSON)))
                .hasLineCount(1)
                .contains("another of theirs");
        assertThat(logged(new LoggingSettings(LogLevel.WARN, LogFormat.JSON)).lines())
                .hasSize(2)
                .first()
                .asString()
                .startsWith("{\"time\":\"20")
                .contains("\"node\":\"us-1\"", "\"message\":\"theirs at warn\"");
    }

    private String logged(LoggingSettings settings) {
        PrintStream before = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Logs.configure(context, settings, "us-1");
            context.getLogger("io.meridian.Some").info("ours at info");
            context.getLogger("io.meridian.Some").debug("ours at debug");
            context.getLogger("com.alipay.sofa.jraft.Some").info("theirs at info");
            context.getLogger("com.alipay.sofa.jraft.Some").warn("theirs at warn");
            Logger node = context.getLogger("com.alipay.sofa.jraft.core.NodeImpl");
            node.error("Fail to add a learner replicator, peer={}.", "us-1");
            node.error("another of theirs");
            context.getLogger("com.alipay.sofa.jraft.core.ReplicatorGroupImpl").error("replicator connection");
        } finally {
            System.setErr(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private String line(String message, @Nullable Throwable error) {
        LoggingEvent event =
                new LoggingEvent("here", context.getLogger("io.meridian.Some"), Level.WARN, message, error, null);
        event.setTimeStamp(1_767_323_045_678L);
        event.setThreadName("event-loop-1");
        return new String(new JsonLines("us-1").encode(event), StandardCharsets.UTF_8);
    }

    private static JsonNode json(String line) throws IOException {
        return new ObjectMapper().readTree(line);
    }
}
