// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import org.jspecify.annotations.Nullable;

/** A store or a replica could not be opened; the message says in words for an operator why, and what to do. */
public final class StoreException extends Exception {
    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(message);
    }

    StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
