// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.CorruptBytesException;

/** An entry that no version of ours wrote, or a command that must not be in the log: the replica stops, it never skips. */
public final class CorruptEntryException extends CorruptBytesException {
    private static final long serialVersionUID = 1L;

    public CorruptEntryException(String message) {
        super(message);
    }
}
