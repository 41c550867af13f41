// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import java.util.Locale;
import java.util.Optional;

/** What a read is promised. */
public enum Consistency {
    /** Some past state, at once, from the nearest replica. */
    EVENTUAL,
    /** Read your writes, monotonic reads, writes follow reads, from the nearest replica that is fresh enough. */
    SESSION,
    /** The newest state, from the home region. */
    LINEARIZABLE;

    /** By its name in lower or upper case. */
    public static Optional<Consistency> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "eventual" -> Optional.of(EVENTUAL);
            case "session" -> Optional.of(SESSION);
            case "linearizable" -> Optional.of(LINEARIZABLE);
            default -> Optional.empty();
        };
    }

    /** As clients write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
