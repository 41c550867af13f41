// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Tells a client that as many are connected as may be, whatever it asks, and hangs up. */
final class TurnedAway extends ChannelInboundHandlerAdapter {
    private static final byte[] ANSWER = answer();

    /** How long the client may go on sending: closed with input unread, the socket is reset, and the answer is lost. */
    private static final long LINGER_MILLIS = 500;

    private static byte[] answer() {
        byte[] body = JsonReplies.error(RestErrors.TOO_MANY_CONNECTIONS);
        String head = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: " + RestAnswer.JSON + "\r\ncontent-length: "
                + body.length + "\r\nretry-after: 1\r\nconnection: close\r\n\r\n";
        return (head + new String(body, StandardCharsets.US_ASCII)).getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        var _ = ctx.writeAndFlush(Unpooled.wrappedBuffer(ANSWER)).addListener(_ -> {
            if (channel instanceof DuplexChannel duplex) {
                var _ = duplex.shutdownOutput();
            }
        });
        var _ = ctx.executor()
                .schedule(
                        () -> {
                            var _ = channel.close();
                        },
                        LINGER_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        ReferenceCountUtil.release(bytes);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }
}
