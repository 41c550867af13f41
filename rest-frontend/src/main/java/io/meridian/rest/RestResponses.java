// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.LastRead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Answers as bytes of HTTP/1.1, with the headers that Upstash's clients and browsers look for.
 *
 * <p>Written here and not by Netty's encoder: a small answer is then one buffer and no objects.
 */
final class RestResponses {
    static final AsciiString SYNC_TOKEN = AsciiString.cached("upstash-sync-token");

    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] OK_LINE = ascii("HTTP/1.1 200 OK\r\n");
    private static final byte[] JSON_TYPE = ascii("content-type: " + RestAnswer.JSON + "\r\n");
    private static final byte[] CROSS_ORIGIN = ascii("access-control-allow-credentials: true\r\n"
            + "access-control-expose-headers: upstash-sync-token, meridian-served-by, meridian-consistency,"
            + " meridian-staleness-ms\r\n");
    private static final byte[] PREFLIGHT = ascii("access-control-allow-methods: GET, HEAD, POST, PUT, OPTIONS\r\n"
            + "access-control-allow-headers: authorization, content-type, upstash-encoding, upstash-sync-token,"
            + " upstash-response-format, upstash-telemetry-runtime, upstash-telemetry-sdk, upstash-telemetry-platform,"
            + " upstash-telemetry-retry, meridian-consistency, cache-control, pragma\r\n"
            + "access-control-max-age: 86400\r\n");
    private static final int GZIP_BYTES_MIN = 1024;
    /** The headers of most answers fit. */
    private static final int HEADER_BYTES = 512;

    private RestResponses() {}

    static ByteBuf carryOn(ByteBufAllocator alloc) {
        return alloc.directBuffer(CONTINUE.length).writeBytes(CONTINUE);
    }

    /** The whole response to a request. */
    static ByteBuf written(ByteBufAllocator alloc, RestAnswer answer, RestRequest request, boolean keepAlive) {
        byte[] body = answer.body().array();
        boolean isZippable = body.length > GZIP_BYTES_MIN;
        boolean isZipped = isZippable && acceptsGzip(request.headers());
        if (isZipped) {
            body = zipped(body);
        }
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        ByteBuf out = alloc.directBuffer(HEADER_BYTES + (isHead ? 0 : body.length));
        statusLine(out, answer.status());
        if (answer.contentType().equals(RestAnswer.JSON)) {
            out.writeBytes(JSON_TYPE);
        } else if (!answer.contentType().isEmpty()) {
            header(out, "content-type: ", answer.contentType());
        }
        header(out, "content-length: ", Integer.toString(body.length));
        if (isZipped) {
            header(out, "content-encoding: ", "gzip");
        }
        if (!answer.syncToken().isEmpty()) {
            header(out, "upstash-sync-token: ", answer.syncToken());
        }
        if (answer.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            header(out, "retry-after: ", "1");
        }
        if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            header(out, "allow: ", "GET, HEAD, POST, PUT, OPTIONS");
        }
        served(out, answer.read());
        crossOrigin(out, request, isZippable);
        connection(out, request, keepAlive);
        out.writeByte('\r').writeByte('\n');
        return isHead ? out : out.writeBytes(body);
    }

    private static void statusLine(ByteBuf out, HttpResponseStatus status) {
        if (status.code() == 200) {
            out.writeBytes(OK_LINE);
        } else {
            header(out, "HTTP/1.1 ", status.code() + " " + status.reasonPhrase());
        }
    }

    private static void connection(ByteBuf out, RestRequest request, boolean keepAlive) {
        if (!keepAlive) {
            header(out, "connection: ", "close");
        } else if (request.isOld()) {
            header(out, "connection: ", "keep-alive");
        }
    }

    private static void served(ByteBuf out, @Nullable LastRead read) {
        if (read == null || read.level().isEmpty()) {
            return;
        }
        ByteBufUtil.writeAscii(out, "meridian-served-by: ");
        ByteBufUtil.writeAscii(out, read.region());
        out.writeByte('/');
        header(out, "", read.node());
        header(out, "meridian-consistency: ", read.level());
        if (read.stalenessMillis() != Long.MAX_VALUE) {
            header(out, "meridian-staleness-ms: ", Long.toString(read.stalenessMillis()));
        }
    }

    private static void crossOrigin(ByteBuf out, RestRequest request, boolean isZippable) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        boolean isEchoed = origin != null && isVisible(origin);
        if (isZippable || isEchoed) {
            header(
                    out,
                    "vary: ",
                    isZippable && isEchoed ? "accept-encoding, origin" : isEchoed ? "origin" : "accept-encoding");
        }
        if (origin == null || !isEchoed) {
            return;
        }
        header(out, "access-control-allow-origin: ", origin);
        out.writeBytes(CROSS_ORIGIN);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            out.writeBytes(PREFLIGHT);
        }
    }

    /** Whether a client's text may stand in a header of ours. */
    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static void header(ByteBuf out, String name, String value) {
        ByteBufUtil.writeAscii(out, name);
        ByteBufUtil.writeAscii(out, value);
        out.writeByte('\r').writeByte('\n');
    }

    /** Whether gzip is named, and not with a weight of zero (RFC 9110 §12.5.3). */
    private static boolean acceptsGzip(HttpHeaders headers) {
        for (String accepted : headers.getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
            for (String part : accepted.split(",", -1)) {
                String coding = part.strip();
                int semicolon = coding.indexOf(';');
                String name =
                        semicolon < 0 ? coding : coding.substring(0, semicolon).strip();
                String weight =
                        semicolon < 0 ? "" : coding.substring(semicolon + 1).strip();
                if (name.equalsIgnoreCase("gzip")) {
                    return !weight.matches("[qQ]=0(\\.0*)?");
                }
            }
        }
        return false;
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

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
