// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1: a connection carries one answer after the other. */
enum Http1Wire implements RestWire {
    INSTANCE;

    /** How long a client that is refused in the middle of its request may go on sending, so that it sees the answer. */
    private static final long LINGER_MILLIS = 1000;

    @Override
    public void carryOn(ChannelHandlerContext ctx) {
        var _ = ctx.writeAndFlush(RestResponses.carryOn(ctx.alloc()), ctx.voidPromise());
    }

    @Override
    public void answer(ChannelHandlerContext ctx, RestAnswer answer, RestRequest request, boolean keepAlive) {
        var _ = ctx.write(RestResponses.written(ctx.alloc(), answer, request, keepAlive), ctx.voidPromise());
    }

    @Override
    public void end(ChannelHandlerContext ctx, boolean isUnread) {
        var _ = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener((ChannelFutureListener) written -> close(ctx, isUnread && written.isSuccess()));
    }

    @Override
    public void fail(ChannelHandlerContext ctx, Throwable cause) {
        var _ = ctx.close();
    }

    /** All is written. Closing while a client still sends would make its system throw our answer away. */
    private static void close(ChannelHandlerContext ctx, boolean isUnread) {
        if (isUnread && ctx.channel() instanceof DuplexChannel duplex) {
            ctx.channel().config().setAutoRead(true);
            var _ = duplex.shutdownOutput();
            var _ = ctx.executor()
                    .schedule(
                            () -> {
                                var _ = ctx.close();
                            },
                            LINGER_MILLIS,
                            TimeUnit.MILLISECONDS);
        } else {
            var _ = ctx.close();
        }
    }
}
