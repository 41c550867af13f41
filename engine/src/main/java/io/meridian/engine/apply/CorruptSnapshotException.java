// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.CorruptBytesException;

/** A snapshot that is damaged, cut off, or of a newer version: nothing of it may be used. */
public final class CorruptSnapshotException extends CorruptBytesException {
    private static final long serialVersionUID = 1L;

    public CorruptSnapshotException(String message) {
        super(message);
    }
}
