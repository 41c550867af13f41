// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;

/**
 * One HTTP request, whole.
 *
 * @param path of the request line, as it came
 * @param query without the question mark; empty when there is none
 * @param keepAlive whether the connection stays open after the answer
 */
record RestRequest(HttpMethod method, String path, String query, HttpHeaders headers, Body body, boolean keepAlive) {
    /** The bytes of a request's body; a class of its own because a record must not hold an array. */
    record Body(io.meridian.engine.Bytes bytes) {
        byte[] array() {
            return bytes.offset() == 0 && bytes.array().length == bytes.length() ? bytes.array() : bytes.toArray();
        }
    }
}
