// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a client without a token cuts what it sends over HTTP/1.1, no buffer of ours grows with it. */
class StrangerTest {
    private static final int BUFFER_MAX = 64 * 1024;
    private static final int READ_BYTES = 32 * 1024;
    /** So often a socket is read before its channel hears that this was all. */
    private static final int READS = 16;
    /** The most that may be configured. */
    private static final int HEADER_BYTES = 32 * 1024;

    private final RestFixture rest =
            new RestFixture(new RestLimits(100_000, 100_000, 100_000, HEADER_BYTES, 50, 10, 60_000, 60_000));

    @AfterEach
    void stop() {
        rest.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 1000, 16_000, READ_BYTES})
    void noStreamOfBytesGrowsTheInput(int piece) {
        String line = "a".repeat(20_000);
        String[] streams = {
            "GET /" + "a".repeat(300_000),
            "a".repeat(300_000),
            "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(300_000),
            "GET /livez HTTP/1.1\r\nHost: x\r\n" + "X: a\r\n".repeat(50_000),
            ("OPTIONS /" + line + " HTTP/1.1\r\nHost: x\r\nX: " + line + "\r\n\r\n").repeat(8),
            "OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(20_000),
            "\r\n".repeat(100_000),
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(300_000),
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + "a".repeat(300_000),
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + "1".repeat(300_000),
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + "1\r\na\r\n".repeat(50_000),
            "OPTIONS / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "X: a\r\n".repeat(50_000),
        };
        for (String stream : streams) {
            assertThat(mostKept(stream, piece)).as(stream.substring(0, 40)).isLessThanOrEqualTo(BUFFER_MAX);
        }
    }

    private int mostKept(String stream, int piece) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        StrictRequestDecoder decoder = new StrictRequestDecoder(HEADER_BYTES);
        Deadlines deadlines = new Deadlines(60_000, 60_000, System::nanoTime);
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                opened.pipeline()
                        .addLast(deadlines)
                        .addLast(decoder)
                        .addLast(new RestConnection(
                                rest.server(),
                                rest.node().router().lane(opened.eventLoop()),
                                deadlines,
                                new JsonReplies(),
                                Http1Wire.INSTANCE));
            }
        });
        int most = 0;
        for (int at = 0, reads = 1; at < bytes.length && channel.isOpen(); at += piece, reads++) {
            channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
            most = Math.max(most, decoder.keptBytes());
            if (reads % READS == 0 && channel.isOpen()) {
                channel.flushInbound();
                channel.releaseOutbound();
            }
        }
        channel.finishAndReleaseAll();
        return most;
    }
}
