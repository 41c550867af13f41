// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

/** Bytes that no version of ours wrote. */
public class CorruptBytesException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CorruptBytesException(String message) {
        super(message);
    }
}
