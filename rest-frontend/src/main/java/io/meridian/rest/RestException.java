// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.handler.codec.http.HttpResponseStatus;

/** A request that is refused before any of its commands ran. */
final class RestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient HttpResponseStatus status;
    private final String line;

    RestException(HttpResponseStatus status, String line) {
        super(line, null, false, false);
        this.status = status;
        this.line = line;
    }

    static RestException badRequest(String line) {
        return new RestException(HttpResponseStatus.BAD_REQUEST, line);
    }

    HttpResponseStatus status() {
        return status;
    }

    String line() {
        return line;
    }
}
