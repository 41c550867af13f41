// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.LastRead;
import io.netty.handler.codec.http.HttpResponseStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a request is answered, before it is put into HTTP.
 *
 * @param contentType empty for an answer without a body
 * @param syncToken empty where none is sent: on everything but a 2xx of a command
 * @param read what the last read was given, null when nothing was read
 */
record RestAnswer(
        HttpResponseStatus status,
        String contentType,
        RestRequest.Body body,
        String syncToken,
        @Nullable LastRead read) {
    static final String JSON = "application/json; charset=utf-8";
    static final String OCTETS = "application/octet-stream";
    static final String TEXT = "text/plain; charset=utf-8";

    static RestAnswer of(HttpResponseStatus status, String contentType, byte[] body) {
        return new RestAnswer(status, contentType, new RestRequest.Body(io.meridian.engine.Bytes.of(body)), "", null);
    }

    static RestAnswer error(HttpResponseStatus status, String line) {
        return of(status, JSON, JsonReplies.error(line));
    }

    static RestAnswer empty(HttpResponseStatus status) {
        return of(status, "", new byte[0]);
    }
}
