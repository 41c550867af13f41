// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines come out of bytes the same way however the bytes are cut. */
class RespDecoderTest {
    private static final int REQUEST_MAX = 100_000;

    @Test
    void commandsAreTheSameAtEverySplit() {
        String bytes = "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\n\r\n\r\n\r\n"
                + "PING \"a b\" 'it\\'s'\r\n"
                + "*0\r\n*-1\r\n\r\n"
                + "*2\r\n$4\r\nECHO\r\n$0\r\n\r\n"
                + "*1\r\n$4\r\nPING\r\n"
                + "ECHO \\x41 \"\\x41\\r\\n\\\"\" a\"b\"\n"
                + "*12\r\n" + "$1\r\nx\r\n".repeat(12);
        List<List<String>> expected = List.of(
                List.of("SET", "a", "\r\n\r\n"),
                List.of("PING", "a b", "it's"),
                List.of(),
                List.of(),
                List.of(),
                List.of("ECHO", ""),
                List.of("PING"),
                List.of("ECHO", "\\x41", "A\r\n\"", "ab"),
                IntStream.range(0, 12).mapToObj(_ -> "x").toList());

        for (int cut = 0; cut <= bytes.length(); cut++) {
            assertThat(decoded(true, bytes.substring(0, cut), bytes.substring(cut)))
                    .as("cut at %d", cut)
                    .isEqualTo(expected);
        }
        assertThat(decoded(true, bytes.split(""))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*x\r\n|invalid multibulk length",
                "*\r\n|invalid multibulk length",
                "*01\r\n|invalid multibulk length",
                "*-0\r\n|invalid multibulk length",
                "*+1\r\n|invalid multibulk length",
                "*1 \r\n|invalid multibulk length",
                "*9223372036854775808\r\n|invalid multibulk length",
                "*1048577\r\n|invalid multibulk length",
                "*1\r\n$x\r\n|invalid bulk length",
                "*1\r\n$\r\n|invalid bulk length",
                "*1\r\n$-1\r\n|invalid bulk length",
                "*1\r\n$04\r\n|invalid bulk length",
                "*1\r\n$99999999999999999999\r\n|invalid bulk length",
                "*1\r\n4\r\n|expected '$', got '4'",
                "*1\r\n\r\n|expected '$', got ' '",
                "*2\r\n$1\r\na\r\n*1\r\n|expected '$', got '*'",
                "PING \"a\r\n|unbalanced quotes in request",
                "PING \"a\"b\r\n|unbalanced quotes in request",
                "PING 'a\r\n|unbalanced quotes in request",
                "PING \"a\\\r\n|unbalanced quotes in request",
            })
    void malformedBytesHaveTheSameErrorAtEverySplit(String bytesAndError) {
        String bytes = bytesAndError.substring(0, bytesAndError.indexOf('|'));
        String error = "ERR Protocol error: " + bytesAndError.substring(bytesAndError.indexOf('|') + 1);

        for (int cut = 0; cut <= bytes.length(); cut++) {
            String head = bytes.substring(0, cut);
            String tail = bytes.substring(cut);
            assertThatThrownBy(() -> decode(true, head, tail)).hasMessage(error);
        }
        assertThatThrownBy(() -> decode(true, bytes.split(""))).hasMessage(error);
    }

    @Test
    void linesWithoutEndAreRefusedOnceTheyAreTooLong() {
        int max = RespLimits.LINE_BYTES_MAX;
        assertThat(decoded(true, "a".repeat(max))).isEmpty();
        assertThat(decoded(true, "a".repeat(max) + "\n")).hasSize(1);
        assertThatThrownBy(() -> decode(true, "a".repeat(max + 1))).hasMessageEndingWith("too big inline request");
        assertThatThrownBy(() -> decode(true, "a".repeat(max + 1) + "\n")).hasMessageEndingWith("inline request");
        assertThat(decoded(true, "*" + "1".repeat(max - 1))).isEmpty();
        assertThatThrownBy(() -> decode(true, "*" + "1".repeat(max)))
                .hasMessageEndingWith("too big mbulk count string");
        assertThatThrownBy(() -> decode(true, "*1\r\n$" + "1".repeat(max)))
                .hasMessageEndingWith("too big bulk count string");
        assertThatThrownBy(() -> decode(true, "*x" + "1".repeat(max)))
                .hasMessageEndingWith("too big mbulk count string");
    }

    @ParameterizedTest
    @CsvSource({"-1,true", "0,true", "1,false"})
    void aRequestHasALimitOverAllItsWords(int more, boolean isTaken) {
        int second = REQUEST_MAX - 10 + more;
        String bytes = "*2\r\n$10\r\n" + "k".repeat(10) + "\r\n$" + second + "\r\n" + "v".repeat(second) + "\r\n";

        if (isTaken) {
            assertThat(decoded(true, bytes)).hasSize(1);
        } else {
            assertThatThrownBy(() -> decode(true, bytes))
                    .hasMessage("ERR max request size exceeded. Limit: 100000 bytes, Actual: 100001 bytes");
        }
    }

    @Test
    void strangersMaySendLess() {
        int word = RespLimits.UNAUTHENTICATED_BYTES_MAX;
        assertThat(decoded(false, "*10\r\n" + "$1\r\na\r\n".repeat(10))).hasSize(1);
        assertThatThrownBy(() -> decode(false, "*11\r\n"))
                .hasMessage("ERR Protocol error: unauthenticated multibulk length");
        assertThat(decoded(false, "*2\r\n" + ("$" + word + "\r\n" + "a".repeat(word) + "\r\n").repeat(2)))
                .hasSize(1);
        assertThatThrownBy(() -> decode(false, "*1\r\n$" + (word + 1) + "\r\n"))
                .hasMessage("ERR Protocol error: unauthenticated bulk length");
        assertThatThrownBy(() -> decode(
                        false, "*3\r\n" + ("$" + word + "\r\n" + "a".repeat(word) + "\r\n").repeat(2) + "$1\r\n"))
                .hasMessage("ERR Protocol error: unauthenticated bulk length");
        assertThat(decoded(false, "a".repeat(word) + "\n")).hasSize(1);
        assertThatThrownBy(() -> decode(false, "a".repeat(word + 1))).hasMessageEndingWith("too big inline request");
        assertThatThrownBy(() -> decode(false, "*" + "1".repeat(word))).hasMessageEndingWith("mbulk count string");
    }

    @Test
    void theNeedOfAWordIsKnownFromItsLength() throws RespProtocolException {
        RespDecoder decoder = new RespDecoder(new RespLimits(REQUEST_MAX, 0, 0, 0, 0, 0));
        decoder.trust(true);
        decoder.restart(0);
        byte[] bytes = "*2\r\n$3\r\nGET\r\n$5000\r\nab".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(decoder.decode(bytes, bytes.length)).isFalse();
        assertThat(decoder.neededFrom(0)).isEqualTo("*2\r\n$3\r\nGET\r\n$5000\r\n".length() + 5000 + 2);
    }

    private static List<List<String>> decoded(boolean trusted, String... pieces) {
        try {
            return decode(trusted, pieces);
        } catch (RespProtocolException broken) {
            throw new AssertionError(broken.line(), broken);
        }
    }

    /** As a connection does: bytes are appended, and what was taken goes. */
    private static List<List<String>> decode(boolean trusted, String... pieces) throws RespProtocolException {
        RespDecoder decoder = new RespDecoder(new RespLimits(REQUEST_MAX, 0, 0, 0, 0, 0));
        decoder.trust(trusted);
        decoder.restart(0);
        List<List<String>> commands = new ArrayList<>();
        byte[] input = new byte[0];
        for (String piece : pieces) {
            byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
            int end = input.length + bytes.length;
            // An array of its own each time: the decoder must not rely on the one it saw before.
            byte[] larger = java.util.Arrays.copyOf(input, end);
            System.arraycopy(bytes, 0, larger, input.length, bytes.length);
            input = larger;
            int start = 0;
            while (decoder.decode(input, end)) {
                commands.add(words(decoder.args()));
                start = decoder.at();
                decoder.restart(start);
            }
            if (start > 0) {
                input = java.util.Arrays.copyOfRange(input, start, end);
                decoder.restart(0);
            }
        }
        return commands;
    }

    private static List<String> words(Args args) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.count(); i++) {
            words.add(new String(args.bytesAt(i).toArray(), StandardCharsets.ISO_8859_1));
        }
        return words;
    }
}
