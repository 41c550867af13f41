// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each kind of reply in both protocols. */
class RespWriterTest {
    private static final Reply A = Reply.Bulk.of("a");
    private static final Reply ONE = Reply.ONE;

    @Test
    void simpleReplies() {
        same(Reply.OK, "+OK\r\n");
        same(new Reply.Status("PONG"), "+PONG\r\n");
        same(new Reply.Failure("ERR no: ä"), "-ERR no: ä\r\n");
        same(new Reply.Failure("ERR a\r\n+OK\r\n"), "-ERR a  +OK  \r\n");
        same(A, "$1\r\na\r\n");
        same(new Reply.Bulk(Bytes.EMPTY), "$0\r\n\r\n");
        same(new Reply.Bulk(Bytes.of(new byte[] {0, 13, 10, -1})), "$4\r\n\0\r\n\u00ff\r\n");
    }

    @Test
    void integersOfEveryLength() {
        for (long n = 1; n > 0; n *= 10) {
            same(new Reply.Int(n), ":" + n + "\r\n");
            same(new Reply.Int(n - 1), ":" + (n - 1) + "\r\n");
            same(new Reply.Int(-n), ":-" + n + "\r\n");
        }
        same(new Reply.Int(Long.MAX_VALUE), ":9223372036854775807\r\n");
        same(new Reply.Int(Long.MIN_VALUE), ":-9223372036854775808\r\n");
        same(new Reply.Int(Long.MIN_VALUE + 1), ":-9223372036854775807\r\n");
    }

    @Test
    void nothingIsOneThingInTheNewerProtocol() {
        differ(Reply.NIL, "$-1\r\n", "_\r\n");
        differ(Reply.NIL_ARRAY, "*-1\r\n", "_\r\n");
    }

    @Test
    void doublesAreTextInTheOlderProtocol() {
        differ(new Reply.Real(1.5), "$3\r\n1.5\r\n", ",1.5\r\n");
        differ(new Reply.Real(3), "$1\r\n3\r\n", ",3\r\n");
        differ(new Reply.Real(1e21), "$5\r\n1e+21\r\n", ",1e+21\r\n");
        differ(new Reply.Real(Double.POSITIVE_INFINITY), "$3\r\ninf\r\n", ",inf\r\n");
        differ(new Reply.Real(Double.NEGATIVE_INFINITY), "$4\r\n-inf\r\n", ",-inf\r\n");
        differ(new Reply.Real(Double.NaN), "$3\r\nnan\r\n", ",nan\r\n");
    }

    @Test
    void booleansAndVerbatimText() {
        differ(new Reply.Truth(true), ":1\r\n", "#t\r\n");
        differ(new Reply.Truth(false), ":0\r\n", "#f\r\n");
        differ(new Reply.Verbatim("txt", Bytes.of("ab\r\n")), "$4\r\nab\r\n\r\n", "=8\r\ntxt:ab\r\n\r\n");
    }

    @Test
    void collections() {
        same(Reply.EMPTY_ARRAY, "*0\r\n");
        same(new Reply.Array(List.of(A, ONE)), "*2\r\n$1\r\na\r\n:1\r\n");
        differ(new Reply.Pairs(List.of(A, ONE)), "*2\r\n$1\r\na\r\n:1\r\n", "%1\r\n$1\r\na\r\n:1\r\n");
        differ(new Reply.Pairs(List.of()), "*0\r\n", "%0\r\n");
        differ(new Reply.Members(List.of(A, A)), "*2\r\n$1\r\na\r\n$1\r\na\r\n", "~2\r\n$1\r\na\r\n$1\r\na\r\n");
        differ(new Reply.Push(List.of(A)), "*1\r\n$1\r\na\r\n", ">1\r\n$1\r\na\r\n");
        differ(
                new Reply.Tuples(List.of(A, ONE, A, ONE)),
                "*4\r\n$1\r\na\r\n:1\r\n$1\r\na\r\n:1\r\n",
                "*2\r\n*2\r\n$1\r\na\r\n:1\r\n*2\r\n$1\r\na\r\n:1\r\n");
    }

    @Test
    void nestedCollectionsKeepTheProtocolInside() {
        Reply nested = new Reply.Array(List.of(
                new Reply.Pairs(List.of(A, new Reply.Members(List.of(Reply.NIL)))),
                new Reply.Failure("ERR inside"),
                new Reply.Array(List.of(new Reply.Real(0.1), new Reply.Truth(true)))));

        differ(
                nested,
                "*3\r\n*2\r\n$1\r\na\r\n*1\r\n$-1\r\n-ERR inside\r\n*2\r\n$3\r\n0.1\r\n:1\r\n",
                "*3\r\n%1\r\n$1\r\na\r\n~1\r\n_\r\n-ERR inside\r\n*2\r\n,0.1\r\n#t\r\n");
    }

    @Test
    void aReplyThatIsNotThereYetCannotBeWritten() {
        RespWriter writer = new RespWriter();
        assertThatThrownBy(() -> writer.write(new Reply.Deferred(new CompletableFuture<>()), 2))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLargeReplySpillsInPiecesAndNothingIsLost() {
        Reply items = new Reply.Array(IntStream.range(0, 50_000)
                .<Reply>mapToObj(i -> Reply.Bulk.of("item " + i))
                .toList());
        RespWriter whole = new RespWriter();
        whole.write(items, 2);

        RespWriter spilling = new RespWriter();
        StringBuilder pieces = new StringBuilder();
        int[] count = {0};
        spilling.spillTo(() -> {
            count[0]++;
            pieces.append(text(spilling));
            spilling.clear();
            return true;
        });
        spilling.write(items, 2);
        pieces.append(text(spilling));

        assertThat(pieces.toString()).isEqualTo(text(whole));
        assertThat(count[0]).isGreaterThan(5);
        assertThat(spilling.capacity()).isLessThan(256 * 1024);
    }

    @Test
    void theRestOfAReplyThatNobodyWantsIsNotWritten() {
        Reply value = Reply.Bulk.of("v".repeat(1000));
        Reply items = new Reply.Array(Collections.nCopies(100_000, value));
        RespWriter spilling = new RespWriter();
        int[] count = {0};
        spilling.spillTo(() -> {
            count[0]++;
            spilling.clear();
            return count[0] < 3;
        });
        spilling.write(new Reply.Array(List.of(items, new Reply.Tuples(List.of(items, items)))), 3);

        assertThat(count[0]).isEqualTo(3);
        assertThat(spilling.length()).isLessThan(64 * 1024);
    }

    private static void same(Reply reply, String bytes) {
        differ(reply, bytes, bytes);
    }

    private static void differ(Reply reply, String resp2, String resp3) {
        assertThat(written(reply, 2)).isEqualTo(resp2);
        assertThat(written(reply, 3)).isEqualTo(resp3);
    }

    private static String written(Reply reply, int protocol) {
        RespWriter writer = new RespWriter();
        writer.write(reply, protocol);
        return text(writer);
    }

    private static String text(RespWriter writer) {
        String latin = new String(writer.array(), 0, writer.length(), StandardCharsets.ISO_8859_1);
        // Only the text of an error is UTF-8 here.
        return latin.startsWith("-") ? new String(writer.array(), 0, writer.length(), StandardCharsets.UTF_8) : latin;
    }
}
