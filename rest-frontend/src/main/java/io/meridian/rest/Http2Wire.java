// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** HTTP/2: a stream carries one answer, and ends with it. */
final class Http2Wire implements RestWire {
    private final Http2Streams streams;
    // The end of the stream's only answer, once that is written.
    private @Nullable ChannelFuture last;
    private @Nullable Runnable waiter;
    // What the connection counts of replies that are no answer yet.
    private long replyBytes;
    private boolean hasEnded;

    Http2Wire(Http2Streams streams) {
        this.streams = streams;
    }

    @Override
    public void carryOn(ChannelHandlerContext ctx) {
        var _ = ctx.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false).status("100"), false));
    }

    @Override
    public void answer(ChannelHandlerContext ctx, RestAnswer answer, RestRequest request, boolean keepAlive) {
        RestResponses.Content content = RestResponses.Content.of(answer, request);
        Http2Headers headers =
                new DefaultHttp2Headers(false).status(answer.status().codeAsText());
        if (!answer.contentType().isEmpty()) {
            headers.add("content-type", answer.contentType());
        }
        RestResponses.fields((name, value) -> headers.add(name, value), answer, request, content);
        byte[] body = content.bytes();
        boolean isBare = body.length == 0 || request.method().equals(HttpMethod.HEAD);
        int size = Http2Streams.HEAD_BYTES + (isBare ? 0 : body.length);
        streams.waits(size);
        releaseReplies();
        ChannelFuture head = ctx.write(new DefaultHttp2HeadersFrame(headers, isBare));
        ChannelFuture end = isBare ? head : ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
        last = end.addListener(written -> streams.waitsNoMore(size, written.isSuccess()));
    }

    @Override
    public void end(ChannelHandlerContext ctx, boolean isUnread) {
        var _ = Objects.requireNonNull(last).addListener(written -> {
            // The answer is whole, but the client's request is not: NO_ERROR asks it to stop sending (RFC 9113 §8.1).
            if (written.isSuccess()
                    && ctx.channel() instanceof Http2StreamChannel stream
                    && stream.stream().state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                reset(ctx, Http2Error.NO_ERROR);
            }
        });
    }

    @Override
    public void fail(ChannelHandlerContext ctx, Throwable cause) {
        Http2Exception known = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        reset(
                ctx,
                known != null
                        ? known.error()
                        : cause instanceof DecoderException ? Http2Error.PROTOCOL_ERROR : Http2Error.INTERNAL_ERROR);
    }

    private static void reset(ChannelHandlerContext ctx, Http2Error error) {
        var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(error)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public boolean keeps(long bytes) {
        return streams.keep(bytes);
    }

    @Override
    public void ended(long keptBytes) {
        hasEnded = true;
        if (waiter != null) {
            streams.forget(waiter);
            waiter = null;
        }
        streams.released(keptBytes);
        releaseReplies();
        streams.resume();
    }

    private void releaseReplies() {
        streams.repliesReleased(replyBytes);
        replyBytes = 0;
    }

    @Override
    public boolean mayStart(boolean hasToken) {
        return waiter == null && streams.mayStart(hasToken);
    }

    @Override
    public boolean hasRoom(boolean hasToken) {
        return waiter == null && streams.hasRoom(hasToken);
    }

    @Override
    public boolean hasRoomBeside(long bytes) {
        return streams.hasRoomBeside(bytes);
    }

    @Override
    public void keepsReply(long bytes) {
        // What is still under way when a stream ends is answered nobody.
        if (!hasEnded) {
            replyBytes += bytes;
            streams.keepsReply(bytes);
        }
    }

    @Override
    public void awaitRoom(Runnable later) {
        if (waiter == null && !hasEnded) {
            waiter = () -> {
                waiter = null;
                later.run();
            };
            streams.await(waiter);
        }
    }

    @Override
    public void begun(RouterSession session, Access access) {
        streams.begin(session, access);
    }

    @Override
    public void answering(RouterSession session, Access access) {
        streams.answered(session, access);
    }
}
