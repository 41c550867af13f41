// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

/** Says that a server's process has ended by itself, and what it logged last. */
public final class ServerEndedException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    ServerEndedException(String message) {
        super(message);
    }
}
