// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Bytes;
import io.meridian.router.Access;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request, whole.
 *
 * @param path of the request line, as it came, one character a byte
 * @param query without the question mark; empty when there is none
 * @param access what the request's token opens
 * @param keepAlive whether the connection stays open after the answer
 * @param isOld whether it is HTTP/1.0, where staying open is said
 * @param refusal what it is answered without being looked at further; null: it is executed
 */
record RestRequest(
        HttpMethod method,
        String path,
        String query,
        HttpHeaders headers,
        Body body,
        Optional<Access> access,
        boolean keepAlive,
        boolean isOld,
        @Nullable RestAnswer refusal) {
    /** Characters of an origin, or of a query about health, that are kept of a stranger: a host's name has at most 253. */
    static final int STRANGER_TEXT_MAX = 300;

    /** The same of a path, a method, or the name of a format: those that mean something are shorter. */
    private static final int STRANGER_WORD_MAX = 16;

    private static final HttpMethod NO_COMMAND = new HttpMethod("OTHER");

    /** The bytes of a request's body; a class of its own because a record must not hold an array. */
    record Body(Bytes bytes) {
        static final Body EMPTY = new Body(Bytes.EMPTY);

        byte[] array() {
            return bytes.offset() == 0 && bytes.array().length == bytes.length() ? bytes.array() : bytes.toArray();
        }
    }

    /** A request of a client that is known, as its header says; the body is to come. */
    static RestRequest of(HttpRequest request, Optional<Access> access) {
        return new RestRequest(
                request.method(),
                path(request.uri()),
                query(request.uri()),
                request.headers(),
                Body.EMPTY,
                access,
                HttpUtil.isKeepAlive(request),
                request.protocolVersion().equals(HttpVersion.HTTP_1_0),
                null);
    }

    /** The same of a request without a token, of which no more is kept than it is answered by: less than 1 KiB. */
    static RestRequest ofStranger(HttpRequest request) {
        HttpHeaders headers = request.headers();
        HttpHeaders kept = new DefaultHttpHeaders();
        keep(kept, headers, HttpHeaderNames.ORIGIN, STRANGER_TEXT_MAX);
        keep(kept, headers, RestFormat.ENCODING, STRANGER_WORD_MAX);
        keep(kept, headers, RestFormat.RESPONSE_FORMAT, STRANGER_WORD_MAX);
        if (RestResponses.acceptsGzip(headers)) {
            kept.add(HttpHeaderNames.ACCEPT_ENCODING, "gzip");
        }
        String path = path(request.uri());
        String query = query(request.uri());
        return new RestRequest(
                request.method().name().length() <= STRANGER_WORD_MAX ? request.method() : NO_COMMAND,
                path.length() <= STRANGER_WORD_MAX ? path : "",
                RestExchange.isHealth(path) && query.length() <= STRANGER_TEXT_MAX ? query : "",
                kept,
                Body.EMPTY,
                Optional.empty(),
                HttpUtil.isKeepAlive(request),
                request.protocolVersion().equals(HttpVersion.HTTP_1_0),
                null);
    }

    private static void keep(HttpHeaders kept, HttpHeaders headers, AsciiString name, int charsMax) {
        String value = headers.get(name);
        if (value != null && value.length() <= charsMax) {
            kept.add(name, value);
        }
    }

    RestRequest with(Bytes content) {
        return content.isEmpty()
                ? this
                : new RestRequest(method, path, query, headers, new Body(content), access, keepAlive, isOld, refusal);
    }

    /** The same, not to be executed, as the last one of its connection. */
    RestRequest refused(RestAnswer answer) {
        return new RestRequest(method, "", "", headers, Body.EMPTY, Optional.empty(), false, false, answer);
    }

    /** A request that could not be read: the last one of its connection. */
    static RestRequest unreadable(RestAnswer refusal) {
        return new RestRequest(
                HttpMethod.GET, "", "", EmptyHttpHeaders.INSTANCE, Body.EMPTY, Optional.empty(), false, false, refusal);
    }

    /** The path of a request line, which may hold a whole URL (RFC 9112 §3.2.2). */
    static String path(String uri) {
        int start = pathStart(uri);
        int question = uri.indexOf('?', start);
        return start == 0 && question < 0 ? uri : uri.substring(start, question < 0 ? uri.length() : question);
    }

    static String query(String uri) {
        int question = uri.indexOf('?', pathStart(uri));
        return question < 0 ? "" : uri.substring(question + 1);
    }

    private static int pathStart(String uri) {
        if (uri.startsWith("/")) {
            return 0;
        }
        int authority = uri.indexOf("://");
        int slash = authority < 0 ? -1 : uri.indexOf('/', authority + 3);
        return authority < 0 ? 0 : slash < 0 ? uri.length() : slash;
    }
}
