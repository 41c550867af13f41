// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The description of this API in the form of OpenAPI 3.1, for any reader. */
final class OpenApi {
    private static final byte[] DOCUMENT = read();

    private OpenApi() {}

    /** JSON; not to be written to. */
    static byte[] document() {
        return DOCUMENT;
    }

    private static byte[] read() {
        try (InputStream in = OpenApi.class.getResourceAsStream("openapi.json")) {
            if (in == null) {
                throw new IllegalStateException("openapi.json is not in the jar");
            }
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
