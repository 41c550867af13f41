// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells by a connection's first bytes which HTTP it speaks, has the handlers for that added, and goes.
 *
 * <p>HTTP/2 begins with a preface that no request of HTTP/1.1 begins with (RFC 9113 §3.4). Until it is known, handlers that
 * follow do not hear that the connection is open.
 */
final class HttpVersionSwitch extends ByteToMessageDecoder {
    private static final ByteBuf PREFACE = Http2CodecUtil.connectionPrefaceBuf();

    private final Consumer<ChannelPipeline> http1;
    private final Consumer<ChannelPipeline> http2;

    /** @param http1 adds the handlers of HTTP/1.1 behind this one; {@code http2} those of HTTP/2 */
    HttpVersionSwitch(Consumer<ChannelPipeline> http1, Consumer<ChannelPipeline> http2) {
        this.http1 = http1;
        this.http2 = http2;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // Passed on once it is known to whom.
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        int count = Math.min(in.readableBytes(), PREFACE.readableBytes());
        for (int i = 0; i < count; i++) {
            if (in.getByte(in.readerIndex() + i) != PREFACE.getByte(i)) {
                become(ctx, http1);
                return;
            }
        }
        if (count == PREFACE.readableBytes()) {
            become(ctx, http2);
        }
    }

    private void become(ChannelHandlerContext ctx, Consumer<ChannelPipeline> version) {
        version.accept(ctx.pipeline());
        ctx.fireChannelActive();
        ctx.pipeline().remove(this);
    }
}
