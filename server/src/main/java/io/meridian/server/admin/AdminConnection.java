// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the admin port: one request at a time, and no more is read until its answer was taken.
 *
 * <p>A client that sends no whole request, or does not take an answer, for some time is cut off.
 */
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);
    /** Of a body, which nothing here asks for. */
    private static final int BODY_BYTES_MAX = 1_024;

    private final AdminEndpoints endpoints;
    private final Duration patience;
    // Of the request that is coming.
    private @Nullable HttpRequest head;
    private int bodyBytes;
    // Refused, and closed once the client has taken that: what still comes is dropped.
    private boolean refused;
    private @Nullable Future<?> deadline;

    /** @param patience for a request to come, and again for its answer to be taken */
    AdminConnection(AdminEndpoints endpoints, Duration patience) {
        this.endpoints = endpoints;
        this.patience = patience;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        awaitClient(context);
        super.channelActive(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        awaitClientNoMore();
        super.channelInactive(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (refused) {
            return;
        }
        if (part.decoderResult().isFailure()) {
            refuse(context, HttpResponseStatus.BAD_REQUEST, "bad request\n");
            return;
        }
        if (part instanceof HttpRequest request) {
            head = request;
            bodyBytes = 0;
        }
        if (part instanceof HttpContent content) {
            bodyBytes += content.content().readableBytes();
        }
        HttpRequest request = head;
        if (request == null) {
            return;
        }
        if (Math.max(bodyBytes, HttpUtil.getContentLength(request, 0L)) > BODY_BYTES_MAX) {
            refuse(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE, "no body is expected\n");
        } else if (part instanceof LastHttpContent) {
            head = null;
            answer(context, request);
        }
    }

    private void answer(ChannelHandlerContext context, HttpRequest request) {
        awaitClientNoMore();
        context.channel().config().setAutoRead(false);
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        endpoints
                .answer(request.method(), request.uri())
                .thenAccept(answer -> context.executor().execute(() -> send(context, answer, isHead, keepAlive)));
    }

    private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String why) {
        refused = true;
        send(context, AdminEndpoints.Answer.text(status, why), false, false);
    }

    private void send(ChannelHandlerContext context, AdminEndpoints.Answer answer, boolean isHead, boolean keepAlive) {
        ByteBuf body = ByteBufUtil.writeUtf8(context.alloc(), answer.body());
        int length = body.readableBytes();
        if (isHead) {
            body.release();
        }
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, answer.status(), isHead ? Unpooled.EMPTY_BUFFER : body);
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        HttpUtil.setKeepAlive(response, keepAlive);
        awaitClient(context);
        context.writeAndFlush(response).addListener(sent -> {
            // Also where the connection has ended meanwhile: then nothing else would end the wait.
            awaitClientNoMore();
            if (sent.isSuccess() && keepAlive) {
                awaitClient(context);
                context.channel().config().setAutoRead(true);
            } else {
                var _ = context.close();
            }
        });
    }

    /** Closes the connection unless the client has done its part in time. */
    private void awaitClient(ChannelHandlerContext context) {
        awaitClientNoMore();
        deadline = context.executor()
                .schedule(
                        () -> {
                            var _ = context.close();
                        },
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void awaitClientNoMore() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn("a connection to the admin port failed", cause);
        }
        var _ = context.close();
    }
}
