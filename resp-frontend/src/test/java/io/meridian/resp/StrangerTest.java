// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a client that has not authenticated cuts what it sends, nothing of ours grows with it. */
class StrangerTest {
    private static final int BUFFER_MAX = 64 * 1024;
    private static final int READ_BYTES = 64 * 1024;
    private static final String WORD = "$16384\r\n" + "a".repeat(16_384) + "\r\n";

    private final LoneNode node = LoneNode.locked();

    @AfterEach
    void stop() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000, 16_000, 40_000, READ_BYTES})
    void noStreamOfBytesGrowsTheInput(int piece) {
        String[] streams = {
            "a".repeat(300_000),
            "*" + "1".repeat(300_000),
            "*1\r\n$" + "1".repeat(300_000),
            "*10\r\n" + WORD.repeat(10),
            "*2\r\n" + WORD + "$16384\r\n" + "b".repeat(16_000),
            ("*2\r\n" + WORD + WORD).repeat(8),
            "*1000000\r\n" + "$1\r\na\r\n".repeat(50_000),
            "\r\n".repeat(100_000),
            ("\"" + "a".repeat(16_000) + "\"\n").repeat(10),
            "HELLO 3 AUTH default wrong\r\n".repeat(2000),
        };
        for (String stream : streams) {
            assertThat(mostKept(stream, piece)).as(stream.substring(0, 20)).isLessThanOrEqualTo(BUFFER_MAX);
        }
    }

    private int mostKept(String stream, int piece) {
        byte[] bytes = stream.getBytes(StandardCharsets.ISO_8859_1);
        RespConnection[] connection = new RespConnection[1];
        EmbeddedChannel channel = new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel opened) {
                connection[0] = new RespConnection(
                        RespFixture.LIMITS, new RespLoop(), node.router().lane(opened.eventLoop()));
                opened.pipeline().addLast(connection[0]);
            }
        });
        int most = 0;
        for (int at = 0; at < bytes.length && channel.isOpen(); at += piece) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
            most = Math.max(most, connection[0].keptBytes());
            for (Object sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
                ReferenceCountUtil.release(sent);
            }
        }
        channel.finishAndReleaseAll();
        return most;
    }
}
