// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.Router;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is disconnected for not reading, on a clock that the test turns. */
@Timeout(60)
class UnreadTest {
    private static final int UNREAD_SECONDS = 10;
    private static final int OUTPUT_MAX = 200_000;
    private static final RespLimits LIMITS =
            new RespLimits(1 << 20, 1 << 20, OUTPUT_MAX, UNREAD_SECONDS * 1000L, 100, 10);
    // More than a channel takes before it says that it is full, and less than a client may leave unread.
    private static final int LARGE = 100_000;
    private static final int TOO_LARGE = 300_000;
    private static final int SMALL = 1000;

    private final RespFixture resp = RespFixture.open();
    private final MockTicker time = Ticker.newMockTicker();

    @BeforeEach
    void fill() {
        try (RawClient client = resp.connect()) {
            for (int size : new int[] {SMALL, LARGE, TOO_LARGE}) {
                client.command("SET", "k" + size, "v".repeat(size));
                assertThat(client.readLine()).isEqualTo("+OK");
            }
        }
    }

    @AfterEach
    void stop() {
        resp.close();
    }

    /** A connection whose client takes as much as it is told to. */
    private static final class Connection extends EmbeddedChannel {
        private int room;

        Connection(MockTicker time, Router router) {
            super(builder().ticker(time).handlers(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel opened) {
                    opened.pipeline()
                            .addLast(new RespConnection(LIMITS, new RespLoop(), router.lane(opened.eventLoop())));
                }
            }));
        }

        void send(String bytes) {
            writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
        }

        void endInput() {
            pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            runPendingTasks();
        }

        void take(int bytes) {
            room += bytes;
            flush();
            runPendingTasks();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer out) {
            while (out.current() instanceof ByteBuf bytes && (room > 0 || !bytes.isReadable())) {
                int count = Math.min(room, bytes.readableBytes());
                out.removeBytes(count);
                room -= count;
            }
        }
    }

    private Connection connect() {
        return new Connection(time, resp.node().router());
    }

    private void pass(Connection connection, int seconds) {
        for (int i = 0; i < seconds; i++) {
            time.advance(1, TimeUnit.SECONDS);
            connection.runScheduledPendingTasks();
            connection.runPendingTasks();
        }
    }

    private void isCutWhenItTakesNothing(Connection deaf) {
        pass(deaf, UNREAD_SECONDS - 1);
        assertThat(deaf.isOpen()).isTrue();
        pass(deaf, 2);
        assertThat(deaf.isOpen()).isFalse();
        deaf.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"QUIT\r\n", "*1\r\n!\r\n"})
    void whoEndsItsConnectionAndTakesNothingIsCut(String end) {
        Connection deaf = connect();
        deaf.send("GET k" + SMALL + "\r\n" + end);
        isCutWhenItTakesNothing(deaf);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void whoEndsItsSideAndTakesNothingIsCut(int size) {
        Connection deaf = connect();
        deaf.send("GET k" + size + "\r\n");
        deaf.endInput();
        isCutWhenItTakesNothing(deaf);
    }

    @Test
    void whoLeavesMuchUnreadAndTakesNothingIsCut() {
        Connection deaf = connect();
        deaf.send("GET k" + TOO_LARGE + "\r\n");
        isCutWhenItTakesNothing(deaf);
    }

    @Test
    void whoLeavesLittleUnreadAndMayAskMoreIsNotCut() {
        Connection idle = connect();
        idle.send("GET k" + LARGE + "\r\n");
        pass(idle, 100 * UNREAD_SECONDS);
        assertThat(idle.isOpen()).isTrue();
        idle.finishAndReleaseAll();
    }

    /** All of them are bytes of one string, which is handed over as one piece. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoTakesOneLongReplyBitByBitIsNotCut(boolean endsItsSide) {
        Connection slow = connect();
        slow.send("GET k" + TOO_LARGE + "\r\n");
        if (endsItsSide) {
            slow.endInput();
        }
        for (int i = 0; i < 20; i++) {
            slow.take(10);
            pass(slow, UNREAD_SECONDS - 2);
            assertThat(slow.isOpen()).isTrue();
        }

        slow.take(2 * TOO_LARGE);
        assertThat(slow.isOpen()).isEqualTo(!endsItsSide);
        slow.finishAndReleaseAll();
    }
}
