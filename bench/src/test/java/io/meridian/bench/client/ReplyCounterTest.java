// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyCounterTest {
    private static final byte[] REPLIES =
            "+OK\r\n$5\r\na\r\n$1\r\n$-1\r\n:42\r\n-ERR no\r\n$0\r\n\r\n_\r\n-ERR again\r\n"
                    .getBytes(StandardCharsets.ISO_8859_1);

    @Test
    void countsEachKindOfReply() {
        ReplyCounter counter = new ReplyCounter();

        counter.read(ByteBuffer.wrap(REPLIES));

        assertIsAll(counter);
    }

    @Test
    void countsTheSameWhereverTheBytesAreCut() {
        for (int cut = 0; cut <= REPLIES.length; cut++) {
            ReplyCounter counter = new ReplyCounter();

            counter.read(ByteBuffer.wrap(REPLIES, 0, cut));
            counter.read(ByteBuffer.wrap(REPLIES, cut, REPLIES.length - cut));

            assertIsAll(counter);
        }
    }

    @Test
    void aReplyCountsOnlyWhenItIsComplete() {
        ReplyCounter counter = new ReplyCounter();

        counter.read(ByteBuffer.wrap("$3\r\nabc\r".getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(counter.replies()).isZero();
    }

    @Test
    void refusesWhatIsNoReply() {
        assertThatThrownBy(() -> new ReplyCounter().read(ByteBuffer.wrap(new byte[] {'H'})))
                .isInstanceOf(IllegalStateException.class);
    }

    private static void assertIsAll(ReplyCounter counter) {
        assertThat(counter.replies()).isEqualTo(8);
        assertThat(counter.nils()).isEqualTo(2);
        assertThat(counter.errors()).isEqualTo(2);
        assertThat(counter.firstError()).isEqualTo("ERR no");
    }
}
