// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Replies as bytes and back. */
class ReplyCodecTest {
    private static final List<Reply> ONE_OF_EACH = List.of(
            Reply.OK,
            Reply.PONG,
            new Reply.Failure("ERR grüße"),
            Reply.ZERO,
            Reply.ONE,
            new Reply.Int(-1),
            new Reply.Int(Long.MIN_VALUE),
            new Reply.Int(Long.MAX_VALUE),
            new Reply.Bulk(Bytes.EMPTY),
            new Reply.Bulk(Bytes.of(new byte[] {0, -1, 13, 10})),
            Reply.NIL,
            Reply.NIL_ARRAY,
            Reply.EMPTY_ARRAY,
            new Reply.Array(List.of(Reply.NIL, new Reply.Array(List.of(Reply.ONE)))),
            new Reply.Pairs(List.of(Reply.Bulk.of("k"), Reply.Bulk.of("v"))),
            new Reply.Tuples(List.of(Reply.Bulk.of("m"), new Reply.Real(1.5))),
            new Reply.Members(List.of(Reply.Bulk.of("a"))),
            new Reply.Push(List.of(Reply.Bulk.of("message"))),
            new Reply.Real(Double.NEGATIVE_INFINITY),
            new Reply.Truth(true),
            new Reply.Truth(false),
            new Reply.Verbatim("txt", Bytes.of("some text")));

    @Test
    void theLengthIsThatOfWhatIsWritten() {
        List<Reply> replies = new ArrayList<>(ONE_OF_EACH);
        replies.add(new Reply.Bulk(Bytes.of(new byte[127])));
        replies.add(new Reply.Bulk(Bytes.of(new byte[128])));
        replies.add(new Reply.Array(java.util.Collections.nCopies(16_384, Reply.ONE)));
        replies.add(new Reply.Int(63));
        replies.add(new Reply.Int(64));
        for (Reply reply : replies) {
            ByteWriter out = new ByteWriter(16);

            ReplyCodec.write(out, reply);

            assertThat(ReplyCodec.length(reply)).as("%.80s", reply).isEqualTo(out.length());
        }
    }

    @Test
    void everyReplyComesBackAsItWas() {
        ByteWriter out = new ByteWriter(16);
        ONE_OF_EACH.forEach(reply -> ReplyCodec.write(out, reply));

        ByteReader in = new ByteReader(out.toBytes());
        List<Reply> read = new ArrayList<>();
        while (in.remaining() > 0) {
            read.add(ReplyCodec.read(in));
        }

        assertThat(read).isEqualTo(ONE_OF_EACH);
        assertThat(ONE_OF_EACH.stream().map(Object::getClass).distinct())
                .hasSize(Reply.class.getPermittedSubclasses().length - 1);
    }

    @Test
    void cutRepliesAreRefusedAtEveryPlace() {
        ByteWriter out = new ByteWriter(16);
        ReplyCodec.write(out, new Reply.Array(ONE_OF_EACH));

        for (int length = 0; length < out.length(); length++) {
            ByteReader cut = new ByteReader(Bytes.of(out.array(), 0, length));
            assertThatThrownBy(() -> ReplyCodec.read(cut)).isInstanceOf(CorruptBytesException.class);
        }
    }

    @Test
    void anyBytesAreAReplyOrRefused() {
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = (byte) (random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(17));
            }
            try {
                Reply reply = ReplyCodec.read(new ByteReader(Bytes.of(bytes)));
                ReplyCodec.write(new ByteWriter(16), reply);
            } catch (CorruptBytesException _) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 99_000);
    }

    @Test
    void nestingEndsSomewhere() {
        byte[] nested = new byte[1000];
        for (int i = 0; i < nested.length; i += 2) {
            nested[i] = 7;
            nested[i + 1] = 1;
        }
        assertThatThrownBy(() -> ReplyCodec.read(new ByteReader(Bytes.of(nested))))
                .isInstanceOf(CorruptBytesException.class)
                .hasMessageContaining("nested deeper");

        Reply deep = Reply.NIL;
        for (int i = 0; i < ReplyCodec.DEPTH_MAX - 1; i++) {
            deep = new Reply.Array(List.of(deep));
        }
        Reply deepest = deep;
        ByteWriter out = new ByteWriter(16);
        ReplyCodec.write(out, deepest);
        assertThat(ReplyCodec.read(new ByteReader(out.toBytes()))).isEqualTo(deepest);
        assertThatThrownBy(() -> ReplyCodec.write(out, new Reply.Array(List.of(deepest))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void deferredRepliesHaveNoBytes() {
        assertThatThrownBy(() -> ReplyCodec.write(new ByteWriter(16), new Reply.Deferred(new CompletableFuture<>())))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
