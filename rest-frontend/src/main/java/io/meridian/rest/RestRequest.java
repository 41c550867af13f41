// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Bytes;
import io.meridian.router.Access;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
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
    /** The bytes of a request's body; a class of its own because a record must not hold an array. */
    record Body(Bytes bytes) {
        static final Body EMPTY = new Body(Bytes.EMPTY);

        byte[] array() {
            return bytes.offset() == 0 && bytes.array().length == bytes.length() ? bytes.array() : bytes.toArray();
        }
    }

    /** A request that could not be read, or is not to be: the last one of its connection. */
    static RestRequest refused(HttpMethod method, HttpHeaders headers, RestAnswer refusal) {
        return new RestRequest(method, "", "", headers, Body.EMPTY, Optional.empty(), false, false, refusal);
    }

    static RestRequest unreadable(RestAnswer refusal) {
        return refused(HttpMethod.GET, EmptyHttpHeaders.INSTANCE, refusal);
    }
}
