// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Exact typing: strings, integers, null and arrays, nothing else. */
class JsonRepliesTest {
    private static final Reply A = Reply.Bulk.of("a");

    @Test
    void everyKindOfReplyHasItsType() {
        is(Reply.OK, "\"OK\"");
        is(A, "\"a\"");
        is(new Reply.Int(-5), "-5");
        is(new Reply.Int(Long.MAX_VALUE), "9223372036854775807");
        is(new Reply.Int(Long.MIN_VALUE), "-9223372036854775808");
        is(Reply.NIL, "null");
        is(Reply.NIL_ARRAY, "null");
        is(new Reply.Real(1.5), "\"1.5\"");
        is(new Reply.Real(Double.POSITIVE_INFINITY), "\"inf\"");
        is(new Reply.Truth(true), "1");
        is(new Reply.Truth(false), "0");
        is(new Reply.Verbatim("txt", Bytes.of("t")), "\"t\"");
        is(Reply.EMPTY_ARRAY, "[]");
        is(new Reply.Pairs(List.of()), "[]");
        is(new Reply.Pairs(List.of(A, Reply.ONE)), "[\"a\",1]");
        is(new Reply.Tuples(List.of(A, Reply.ONE)), "[\"a\",1]");
        is(new Reply.Members(List.of(A, A)), "[\"a\",\"a\"]");
        is(new Reply.Push(List.of(A)), "[\"a\"]");
        is(new Reply.Array(List.of(A, new Reply.Array(List.of(Reply.NIL, Reply.EMPTY_ARRAY)))), "[\"a\",[null,[]]]");
        is(new Reply.Array(List.of(new Reply.Failure("ERR x"))), "[{\"error\":\"ERR x\"}]");
    }

    @Test
    void errorsHaveTheirOwnKey() {
        assertThat(text(new JsonReplies().single(new Reply.Failure("ERR \"x\""), true)))
                .isEqualTo("{\"error\":\"ERR \\\"x\\\"\"}");
        assertThat(text(new JsonReplies().many(List.of(Reply.OK, new Reply.Failure("ERR x"), Reply.ONE), false)))
                .isEqualTo("[{\"result\":\"OK\"},{\"error\":\"ERR x\"},{\"result\":1}]");
        assertThat(text(new JsonReplies().many(List.of(), false))).isEqualTo("[]");
    }

    @Test
    void base64EncodesEveryStringButATopLevelOk() {
        assertThat(encoded(Reply.OK)).isEqualTo("{\"result\":\"OK\"}");
        assertThat(encoded(Reply.PONG)).isEqualTo("{\"result\":\"UE9ORw==\"}");
        assertThat(encoded(Reply.Bulk.of("OK"))).isEqualTo("{\"result\":\"T0s=\"}");
        assertThat(encoded(new Reply.Array(List.of(Reply.OK, Reply.ONE, Reply.NIL))))
                .isEqualTo("{\"result\":[\"T0s=\",1,null]}");
        Random random = new Random(1);
        for (int length = 0; length < 100; length++) {
            byte[] bytes = new byte[length + 2];
            random.nextBytes(bytes);
            Reply slice = new Reply.Bulk(Bytes.of(bytes, 1, length));
            byte[] content = java.util.Arrays.copyOfRange(bytes, 1, length + 1);
            assertThat(encoded(slice))
                    .isEqualTo("{\"result\":\"" + Base64.getEncoder().encodeToString(content) + "\"}");
        }
    }

    @Test
    void anyBytesAreValidJsonAndUtf8() throws IOException {
        Random random = new Random(2);
        JsonReplies json = new JsonReplies();
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] &= 0x7f;
                }
            }

            try (JsonParser parser =
                    new JsonFactory().createParser(json.single(new Reply.Bulk(Bytes.of(bytes)), false))) {
                parser.nextToken();
                parser.nextToken();
                parser.nextToken();
                // Malformed sequences become U+FFFD, as the JDK's decoder has it too.
                assertThat(parser.getText()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        is(
                Reply.Bulk.of("\u0000\u001f\n\r\t\b\f\"\\/\u007fäß€😀\u2028"),
                "\"\\u0000\\u001f\\n\\r\\t\\b\\f\\\"\\\\/\u007fäß€😀\u2028\"");
    }

    /** The connections of an event loop share one: what is left behind would begin the next client's answer. */
    @Test
    void aReplyThatCannotBeWrittenLeavesNothingBehind() {
        JsonReplies json = new JsonReplies();
        Reply unwritable =
                new Reply.Array(List.of(Reply.Bulk.of("secret"), new Reply.Deferred(new CompletableFuture<>())));

        assertThatThrownBy(() -> json.single(unwritable, false)).isInstanceOf(IllegalArgumentException.class);
        assertThat(text(json.single(A, false))).isEqualTo("{\"result\":\"a\"}");
        assertThatThrownBy(() -> json.many(List.of(A, unwritable), true)).isInstanceOf(IllegalArgumentException.class);
        assertThat(text(json.many(List.of(A), false))).isEqualTo("[{\"result\":\"a\"}]");
    }

    @Test
    void aLongReplyIsWhole() {
        String value = "v".repeat(1_000_000);
        JsonReplies json = new JsonReplies();

        assertThat(text(json.single(Reply.Bulk.of(value), false))).isEqualTo("{\"result\":\"" + value + "\"}");
        assertThat(text(json.single(A, false))).isEqualTo("{\"result\":\"a\"}");
    }

    private static void is(Reply reply, String result) {
        assertThat(text(new JsonReplies().single(reply, false))).isEqualTo("{\"result\":" + result + "}");
    }

    private static String encoded(Reply reply) {
        return text(new JsonReplies().single(reply, true));
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }
}
