// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

/**
 * One thing that is wrong, or doubtful, in a configuration; never shows the value of a secret setting.
 *
 * @param where {@code file:line:column}, a file, or the name of an environment variable
 */
public record Problem(String where, String message) {
    @Override
    public String toString() {
        return where + ": " + message;
    }
}
