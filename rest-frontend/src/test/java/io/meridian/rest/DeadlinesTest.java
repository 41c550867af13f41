// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is late and who is not, on a clock that the test turns. */
class DeadlinesTest {
    private static final int HEADER_SECONDS = 10;
    private static final int IDLE_SECONDS = 120;
    private static final int UNTAKEN_SECONDS = 60;
    // Deadlines are looked at four times in the shortest of them.
    private static final int LATE_SECONDS = HEADER_SECONDS / 4 + 1;

    private final MockTicker time = Ticker.newMockTicker();
    private final Deadlines deadlines = new Deadlines(HEADER_SECONDS * 1000L, IDLE_SECONDS * 1000L, time::nanoTime);

    /** A connection whose client takes as much as it is told to. */
    private static final class Connection extends EmbeddedChannel {
        private int room;

        Connection(MockTicker time, Deadlines deadlines) {
            super(builder().ticker(time).handlers(deadlines));
        }

        void take(int bytes) {
            room += bytes;
            flush();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer out) {
            while (room > 0 && out.current() instanceof ByteBuf bytes) {
                int count = Math.min(room, bytes.readableBytes());
                out.removeBytes(count);
                room -= count;
            }
        }
    }

    private Connection connect() {
        return new Connection(time, deadlines);
    }

    private void pass(Connection connection, int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.advance(1, TimeUnit.SECONDS);
            connection.runScheduledPendingTasks();
        }
    }

    private void answer(Connection connection, int bytes) {
        deadlines.requestCame();
        var _ = connection.writeOneOutbound(Unpooled.wrappedBuffer(new byte[bytes]));
        connection.flush();
        deadlines.answered();
    }

    @Test
    void whoAsksNothingIsCut() {
        Connection silent = connect();
        pass(silent, IDLE_SECONDS - 1);
        assertThat(silent.isOpen()).isTrue();
        pass(silent, LATE_SECONDS);
        assertThat(silent.isOpen()).isFalse();
    }

    @Test
    void whoTakesNothingOfAnAnswerIsCut() {
        Connection deaf = connect();
        answer(deaf, 1000);
        pass(deaf, UNTAKEN_SECONDS - 1);
        assertThat(deaf.isOpen()).isTrue();
        pass(deaf, LATE_SECONDS);
        assertThat(deaf.isOpen()).isFalse();
    }

    @Test
    void whoTakesOneLongAnswerBitByBitIsNotCut() {
        Connection slow = connect();
        answer(slow, 1000);
        for (int i = 0; i < 20; i++) {
            slow.take(1);
            pass(slow, UNTAKEN_SECONDS - LATE_SECONDS);
            assertThat(slow.isOpen()).isTrue();
        }
        slow.take(1000);
        // Only now it is idle.
        pass(slow, IDLE_SECONDS - 1);
        assertThat(slow.isOpen()).isTrue();
        pass(slow, 2 * LATE_SECONDS);
        assertThat(slow.isOpen()).isFalse();
    }

    /** What waits for it is as much each time one looks. */
    @Test
    void whoTakesOneAnswerForEachThatIsAddedIsNotCut() {
        Connection slow = connect();
        answer(slow, 1000);
        for (int i = 0; i < 20; i++) {
            answer(slow, 1000);
            slow.take(1000);
            pass(slow, UNTAKEN_SECONDS - LATE_SECONDS);
            assertThat(slow.isOpen()).isTrue();
        }
    }

    @Test
    void whoIsGivenMoreAndTakesNothingIsCut() {
        Connection deaf = connect();
        for (int i = 0; i <= UNTAKEN_SECONDS; i++) {
            answer(deaf, 1000);
            pass(deaf, 1);
        }
        pass(deaf, LATE_SECONDS);
        assertThat(deaf.isOpen()).isFalse();
    }

    @Test
    void aConnectionWhoseStreamsGetNoRoomIsCut() {
        long[] held = {0};
        deadlines.multiplexed(() -> 1, () -> held[0]);
        Connection streams = connect();
        pass(streams, 10 * IDLE_SECONDS);
        assertThat(streams.isOpen()).isTrue();

        held[0] = 1000;
        pass(streams, UNTAKEN_SECONDS - 1);
        assertThat(streams.isOpen()).isTrue();
        // Some of it gets room and is taken.
        streams.take(10);
        var _ = streams.writeOneOutbound(Unpooled.wrappedBuffer(new byte[10]));
        streams.flush();
        pass(streams, UNTAKEN_SECONDS - 1);
        assertThat(streams.isOpen()).isTrue();
        pass(streams, 2 * LATE_SECONDS);
        assertThat(streams.isOpen()).isFalse();
    }

    @Test
    void whoIsNotReadIsNotLate() {
        Connection paused = connect();
        paused.writeInbound(Unpooled.wrappedBuffer(new byte[1]));
        paused.config().setAutoRead(false);
        pass(paused, 10 * HEADER_SECONDS);
        assertThat(paused.isOpen()).isTrue();

        paused.config().setAutoRead(true);
        pass(paused, HEADER_SECONDS + LATE_SECONDS);
        assertThat(paused.isOpen()).isFalse();
    }
}
