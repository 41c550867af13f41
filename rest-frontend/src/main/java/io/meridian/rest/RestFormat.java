// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/**
 * How a client wants its answer written.
 *
 * @param base64 strings of JSON are encoded
 * @param resp2 RESP2 bytes instead of JSON; never together with base64
 */
record RestFormat(boolean base64, boolean resp2) {
    static final RestFormat JSON = new RestFormat(false, false);

    static final AsciiString ENCODING = AsciiString.cached("upstash-encoding");
    static final AsciiString RESPONSE_FORMAT = AsciiString.cached("upstash-response-format");

    /** What a request asks for; a transaction is always answered in JSON. */
    static RestFormat of(String path, HttpHeaders headers) throws RestException {
        boolean base64 = "base64".equalsIgnoreCase(headers.get(ENCODING));
        String format = headers.get(RESPONSE_FORMAT);
        if (format == null || format.equals("json") || path.equals(RestExchange.TRANSACTION_PATH)) {
            return new RestFormat(base64, false);
        }
        if (!format.equals("resp2")) {
            throw RestException.badRequest("ERR invalid Upstash-Response-Format: expected json or resp2");
        }
        if (base64) {
            throw RestException.badRequest(
                    "ERR Upstash-Response-Format resp2 does not go with Upstash-Encoding base64");
        }
        return new RestFormat(false, true);
    }

    /** The same for a request that is refused anyway: what cannot be meant is JSON. */
    static RestFormat ofRefused(String path, HttpHeaders headers) {
        try {
            return of(path, headers);
        } catch (RestException unclear) {
            return JSON;
        }
    }
}
