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
 * The head that Upstash's clients and browsers look for, and answers as bytes of HTTP/1.1.
 *
 * <p>Those are written here and not by Netty's encoder: a small answer is then one buffer and few objects.
 */
final class RestResponses {
    static final AsciiString SYNC_TOKEN = AsciiString.cached("upstash-sync-token");

    private static final byte[] CONTINUE = ascii("HTTP/1.1 100 Continue\r\n\r\n");
    private static final byte[] OK_LINE = ascii("HTTP/1.1 200 OK\r\n");
    private static final byte[] JSON_TYPE = ascii("content-type: " + RestAnswer.JSON + "\r\n");
    private static final String EXPOSED =
            "upstash-sync-token, meridian-served-by, meridian-consistency, meridian-staleness-ms";
    private static final String ALLOWED = "authorization, content-type, upstash-encoding, upstash-sync-token,"
            + " upstash-response-format, upstash-telemetry-runtime, upstash-telemetry-sdk, upstash-telemetry-platform,"
            + " upstash-telemetry-retry, meridian-consistency, cache-control, pragma";
    private static final int COLON_SPACE = ':' << 8 | ' ';
    private static final int LINE_END = '\r' << 8 | '\n';
    private static final int GZIP_BYTES_MIN = 1024;
    /** The headers of most answers fit. */
    private static final int HEADER_BYTES = 512;

    private RestResponses() {}

    static ByteBuf carryOn(ByteBufAllocator alloc) {
        return alloc.directBuffer(CONTINUE.length).writeBytes(CONTINUE);
    }

    /** An answer's body as it is sent. */
    static final class Content {
        private final byte[] bytes;
        private final boolean isZippable;
        private final boolean isZipped;

        private Content(byte[] bytes, boolean isZippable, boolean isZipped) {
            this.bytes = bytes;
            this.isZippable = isZippable;
            this.isZipped = isZipped;
        }

        static Content of(RestAnswer answer, RestRequest request) {
            byte[] body = answer.body().array();
            boolean isZippable = body.length > GZIP_BYTES_MIN;
            boolean isZipped = isZippable && acceptsGzip(request.headers());
            return new Content(isZipped ? zipped(body) : body, isZippable, isZipped);
        }

        /** Not to be written to. */
        byte[] bytes() {
            return bytes;
        }
    }

    /** Takes the fields of a head, their names in lower case. */
    interface Fields {
        void put(String name, String value);

        /** The same with a value of two parts and a slash between them. */
        default void put(String name, String left, String right) {
            put(name, left + '/' + right);
        }
    }

    /** The fields as lines of HTTP/1.1. */
    private record Lines(ByteBuf out) implements Fields {
        @Override
        public void put(String name, String value) {
            ByteBufUtil.writeAscii(out, name);
            out.writeShort(COLON_SPACE);
            line(out, value);
        }

        @Override
        public void put(String name, String left, String right) {
            ByteBufUtil.writeAscii(out, name);
            out.writeShort(COLON_SPACE);
            ByteBufUtil.writeAscii(out, left);
            out.writeByte('/');
            line(out, right);
        }
    }

    /** The whole response to a request. */
    static ByteBuf written(ByteBufAllocator alloc, RestAnswer answer, RestRequest request, boolean keepAlive) {
        Content content = Content.of(answer, request);
        byte[] body = content.bytes();
        boolean isHead = request.method().equals(HttpMethod.HEAD);
        ByteBuf out = alloc.directBuffer(HEADER_BYTES + (isHead ? 0 : body.length));
        try {
            head(out, answer, request, content, keepAlive);
            return isHead ? out : out.writeBytes(body);
        } catch (RuntimeException | OutOfMemoryError failed) {
            out.release();
            throw failed;
        }
    }

    private static void head(ByteBuf out, RestAnswer answer, RestRequest request, Content content, boolean keepAlive) {
        statusLine(out, answer.status());
        if (answer.contentType().equals(RestAnswer.JSON)) {
            out.writeBytes(JSON_TYPE);
        } else if (!answer.contentType().isEmpty()) {
            ByteBufUtil.writeAscii(out, "content-type: ");
            line(out, answer.contentType());
        }
        fields(new Lines(out), answer, request, content);
        connection(out, request, keepAlive);
        out.writeShort(LINE_END);
    }

    /** The fields of any version of HTTP, but the content's type. */
    static void fields(Fields head, RestAnswer answer, RestRequest request, Content content) {
        head.put("content-length", Integer.toString(content.bytes.length));
        if (content.isZipped) {
            head.put("content-encoding", "gzip");
        }
        if (!answer.syncToken().isEmpty()) {
            head.put("upstash-sync-token", answer.syncToken());
        }
        if (answer.status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)) {
            head.put("retry-after", "1");
        }
        if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            head.put("allow", "GET, HEAD, POST, PUT, OPTIONS");
        }
        served(head, answer.read());
        crossOrigin(head, request, content.isZippable);
    }

    private static void statusLine(ByteBuf out, HttpResponseStatus status) {
        if (status.code() == 200) {
            out.writeBytes(OK_LINE);
        } else {
            ByteBufUtil.writeAscii(out, "HTTP/1.1 ");
            line(out, status.code() + " " + status.reasonPhrase());
        }
    }

    private static void connection(ByteBuf out, RestRequest request, boolean keepAlive) {
        if (!keepAlive) {
            line(out, "connection: close");
        } else if (request.isOld()) {
            line(out, "connection: keep-alive");
        }
    }

    private static void line(ByteBuf out, String text) {
        ByteBufUtil.writeAscii(out, text);
        out.writeShort(LINE_END);
    }

    private static void served(Fields head, @Nullable LastRead read) {
        if (read == null || read.level().isEmpty()) {
            return;
        }
        head.put("meridian-served-by", read.region(), read.node());
        head.put("meridian-consistency", read.level());
        if (read.stalenessMillis() != Long.MAX_VALUE) {
            head.put("meridian-staleness-ms", Long.toString(read.stalenessMillis()));
        }
    }

    private static void crossOrigin(Fields head, RestRequest request, boolean isZippable) {
        String origin = request.headers().get(HttpHeaderNames.ORIGIN);
        boolean isEchoed = origin != null && isVisible(origin);
        if (isZippable || isEchoed) {
            head.put(
                    "vary",
                    isZippable && isEchoed ? "accept-encoding, origin" : isEchoed ? "origin" : "accept-encoding");
        }
        if (origin == null || !isEchoed) {
            return;
        }
        head.put("access-control-allow-origin", origin);
        head.put("access-control-allow-credentials", "true");
        head.put("access-control-expose-headers", EXPOSED);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            head.put("access-control-allow-methods", "GET, HEAD, POST, PUT, OPTIONS");
            head.put("access-control-allow-headers", ALLOWED);
            head.put("access-control-max-age", "86400");
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

    /** Whether gzip is named, and not with a weight of zero (RFC 9110 §12.5.3). */
    static boolean acceptsGzip(HttpHeaders headers) {
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
