// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

/** Why a node cannot start, in one line for its operator. */
public final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final int exitCode;

    public StartException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public StartException(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
