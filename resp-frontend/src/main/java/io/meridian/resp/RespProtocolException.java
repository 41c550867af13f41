// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

/** Bytes that are not RESP, or more than is allowed: the client is told and the connection is closed. */
final class RespProtocolException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String line;

    /** Takes the whole error line, its code first. */
    RespProtocolException(String line) {
        super(line, null, false, false);
        this.line = line;
    }

    String line() {
        return line;
    }
}
