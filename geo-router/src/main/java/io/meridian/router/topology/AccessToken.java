// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a user proves itself with, kept as its SHA-256 only.
 *
 * <p>So no log line, heap dump or error message can show a token, and looking one up by its hash tells nothing by its
 * duration. Not to be confused with a session token, which is no secret.
 */
public record AccessToken(String sha256) {
    public AccessToken {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal: 64 digits from 0-9a-f");
        }
    }

    /** Throws IllegalArgumentException for an empty token. */
    public static AccessToken of(String token) {
        return of(token.getBytes(StandardCharsets.UTF_8));
    }

    /** Throws IllegalArgumentException for an empty token; reads the bytes and keeps none of them. */
    public static AccessToken of(byte[] token) {
        if (token.length == 0) {
            throw new IllegalArgumentException("an access token is not empty");
        }
        try {
            return new AccessToken(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return "AccessToken[hidden]";
    }
}
