// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.RouterSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Answers as HTTP responses, with the headers that Upstash's clients and browsers look for. */
final class RestResponses {
    static final String SYNC_TOKEN = "upstash-sync-token";
    private static final int GZIP_BYTES_MIN = 1024;
    private static final String EXPOSED =
            "upstash-sync-token, meridian-served-by, meridian-consistency, meridian-staleness-ms";
    private static final String ALLOWED = "authorization, content-type, upstash-encoding, upstash-sync-token,"
            + " upstash-response-format, upstash-telemetry-runtime, upstash-telemetry-sdk, upstash-telemetry-platform,"
            + " upstash-telemetry-retry, meridian-consistency, cache-control, pragma";

    static FullHttpResponse carryOn() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    FullHttpResponse refusal(ChannelHandlerContext context, HttpResponseStatus status, String line) {
        byte[] json = JsonReplies.error(line);
        FullHttpResponse response =
                response(status, context.alloc().buffer(json.length).writeBytes(json));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, RestAnswer.JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, json.length)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return response;
    }

    FullHttpResponse full(ChannelHandlerContext context, RestAnswer answer, RestRequest request, boolean keepAlive) {
        byte[] body = answer.body().array();
        boolean isZipped = body.length > GZIP_BYTES_MIN && accepts(request.headers(), "gzip");
        if (isZipped) {
            body = zipped(body);
        }
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        ByteBuf content = isHead || body.length == 0
                ? Unpooled.EMPTY_BUFFER
                : context.alloc().buffer(body.length).writeBytes(body);
        FullHttpResponse response = response(answer.status(), content);
        HttpHeaders headers = response.headers();
        headers.set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        if (!answer.contentType().isEmpty()) {
            headers.set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        }
        if (isZipped) {
            headers.set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
            headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ACCEPT_ENCODING);
        }
        if (!answer.syncToken().isEmpty()) {
            headers.set(SYNC_TOKEN, answer.syncToken());
        }
        if (answer.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            headers.set(HttpHeaderNames.RETRY_AFTER, "1");
        }
        served(headers, answer);
        crossOrigin(headers, request);
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    private static FullHttpResponse response(HttpResponseStatus status, ByteBuf content) {
        // Nothing that a client sent goes into a header of ours unchecked but its origin, which set() below checks
        // itself.
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                status,
                content,
                DefaultHttpHeadersFactory.headersFactory(),
                DefaultHttpHeadersFactory.trailersFactory());
    }

    private static void served(HttpHeaders headers, RestAnswer answer) {
        RouterSession.LastRead read = answer.read();
        if (read == null || read.level().isEmpty()) {
            return;
        }
        headers.set("meridian-served-by", read.region() + "/" + read.node());
        headers.set("meridian-consistency", read.level());
        if (read.stalenessMillis() != Long.MAX_VALUE) {
            headers.set("meridian-staleness-ms", read.stalenessMillis());
        }
    }

    private static void crossOrigin(HttpHeaders headers, RestRequest request) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        if (origin == null) {
            return;
        }
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
        headers.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.set(HttpHeaderNames.VARY, HttpHeaderNames.ORIGIN);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, PUT, OPTIONS");
            headers.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED);
            headers.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, "86400");
        }
    }

    private static boolean accepts(HttpHeaders headers, String encoding) {
        String accepted = headers.get(HttpHeaderNames.ACCEPT_ENCODING);
        return accepted != null && accepted.contains(encoding);
    }

    private static byte[] zipped(byte[] body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length / 2);
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(body);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
