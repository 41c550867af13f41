// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;

/** HTTP/2: a stream carries one answer, and ends with it. */
final class Http2Wire implements RestWire {
    private final Http2Streams streams;
    private boolean isWaiting;

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
        streams.unsent(body.length);
        var head = ctx.write(new DefaultHttp2HeadersFrame(headers, isBare));
        var last = isBare ? head : ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
        var _ = last.addListener(_ -> streams.sent(body.length));
    }

    @Override
    public void end(ChannelHandlerContext ctx, boolean isUnread) {
        // The answer is whole; NO_ERROR asks the client to stop sending (RFC 9113 §8.1).
        var _ = ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR))
                .addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public boolean keeps(long bytes) {
        return streams.keep(bytes);
    }

    @Override
    public void released(long bytes) {
        streams.released(bytes);
    }

    @Override
    public boolean mayStart(boolean hasToken, Runnable later) {
        if (isWaiting) {
            return false;
        }
        isWaiting = !streams.mayStart(hasToken, () -> {
            isWaiting = false;
            later.run();
        });
        return !isWaiting;
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
