// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is late and who is not, on a clock that the test turns. */
class DeadlinesTest {
    private static final int HEADER_SECONDS = 10;
    private static final int IDLE_SECONDS = 120;
    private static final int UNTAKEN_SECONDS = 60;
    private static final int BODY_SECONDS = 60;
    // Netty keeps the first, 1, for upgrades, where a connection was not accepted by a server.
    private static final int STREAM = 3;
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

        void takeNoMore() {
            room = 0;
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

    /** HTTP/2, as a server has it; the client takes all that comes, and says by itself how much it has room for. */
    private Connection connectOverHttp2(RestFixture rest) {
        Connection connection = connect();
        connection.take(1 << 30);
        Http2Connection.begin(
                connection.pipeline(),
                rest.server(),
                rest.node().router().lane(connection.eventLoop()),
                deadlines,
                new JsonReplies());
        connection.writeInbound(Http2CodecUtil.connectionPrefaceBuf());
        give(connection, Http2Peer.SETTINGS, 0, 0, new byte[0]);
        return connection;
    }

    private static void give(Connection connection, int type, int flags, int stream, byte[] payload) {
        connection.writeInbound(Unpooled.wrappedBuffer(Http2Peer.framed(type, flags, stream, payload)));
    }

    private static void ask(Connection connection, String method, String path, int flags) {
        byte[] head = Http2Peer.block(
                new DefaultHttp2HeadersEncoder(),
                ":method: " + method,
                ":path: " + path,
                ":scheme: http",
                ":authority: x",
                "authorization: Bearer " + LoneNode.TOKEN);
        give(connection, Http2Peer.HEADERS, Http2Peer.END_HEADERS | flags, STREAM, head);
    }

    private static void giveRoom(Connection connection, int bytes) {
        byte[] more = Unpooled.buffer(4).writeInt(bytes).array();
        give(connection, Http2Peer.WINDOW_UPDATE, 0, 0, more);
        if (openStreams(connection) > 0) {
            give(connection, Http2Peer.WINDOW_UPDATE, 0, STREAM, more);
        }
    }

    private static int openStreams(Connection connection) {
        return connection.pipeline().get(Http2FrameCodec.class).connection().numActiveStreams();
    }

    /** What it asks for is larger than the room that a client gives at first. */
    private static void askForMuch(RestFixture rest, Connection connection) {
        try (HttpPeer http = rest.connect()) {
            assertThat(http.ask("POST", "/set/k", "v".repeat(90_000)).status()).isEqualTo(200);
        }
        ask(connection, "GET", "/get/k", Http2Peer.END_STREAM);
        assertThat(openStreams(connection)).isEqualTo(1);
    }

    /** It takes the answers to its pings all the time, and they are none to its request. */
    @Test
    void whoPingsAndGivesAnAnswerNoRoomIsCut() {
        try (RestFixture rest = RestFixture.start()) {
            Connection pinging = connectOverHttp2(rest);
            askForMuch(rest, pinging);
            ping(pinging, UNTAKEN_SECONDS - 1);
            assertThat(pinging.isOpen()).isTrue();

            giveRoom(pinging, 10);
            ping(pinging, UNTAKEN_SECONDS - 1);
            assertThat(pinging.isOpen()).isTrue();
            ping(pinging, 2 * LATE_SECONDS);
            assertThat(pinging.isOpen()).isFalse();
            pinging.finishAndReleaseAll();
        }
    }

    private void ping(Connection connection, int seconds) {
        for (int i = 0; i < seconds && connection.isOpen(); i++) {
            give(connection, Http2Peer.PING, 0, 0, new byte[8]);
            pass(connection, 1);
        }
    }

    @Test
    void whoGivesAnAnswerRoomBitByBitIsNotCut() {
        try (RestFixture rest = RestFixture.start()) {
            Connection slow = connectOverHttp2(rest);
            askForMuch(rest, slow);
            for (int i = 0; i < 20; i++) {
                giveRoom(slow, 1);
                pass(slow, UNTAKEN_SECONDS - LATE_SECONDS);
                assertThat(slow.isOpen()).isTrue();
            }
            giveRoom(slow, 90_000);
            assertThat(openStreams(slow)).isZero();
            // Only now it is idle.
            pass(slow, IDLE_SECONDS - 1);
            assertThat(slow.isOpen()).isTrue();
            pass(slow, 2 * LATE_SECONDS);
            assertThat(slow.isOpen()).isFalse();
            slow.finishAndReleaseAll();
        }
    }

    /** The socket is full: its client takes nothing that it is given room for. */
    @Test
    void whoGivesRoomAndTakesNothingIsCut() {
        try (RestFixture rest = RestFixture.start()) {
            Connection deaf = connectOverHttp2(rest);
            deaf.takeNoMore();
            askForMuch(rest, deaf);
            for (int i = 0; i < UNTAKEN_SECONDS - 1; i++) {
                giveRoom(deaf, 1000);
                pass(deaf, 1);
            }
            assertThat(deaf.isOpen()).isTrue();
            pass(deaf, 2 * LATE_SECONDS);
            assertThat(deaf.isOpen()).isFalse();
            deaf.finishAndReleaseAll();
        }
    }

    @Test
    void aBodyOnAConnectionThatIsNotReadIsNotLate() {
        try (RestFixture rest = RestFixture.start()) {
            Connection paused = connectOverHttp2(rest);
            ask(paused, "POST", "/", 0);
            paused.config().setAutoRead(false);
            pass(paused, 10 * BODY_SECONDS);
            assertThat(openStreams(paused)).isEqualTo(1);

            paused.config().setAutoRead(true);
            pass(paused, BODY_SECONDS - LATE_SECONDS);
            assertThat(openStreams(paused)).isEqualTo(1);
            pass(paused, 2 * LATE_SECONDS);
            assertThat(openStreams(paused)).isZero();
            paused.finishAndReleaseAll();
        }
    }
}
