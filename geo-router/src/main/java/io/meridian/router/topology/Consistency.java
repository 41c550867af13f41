// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.Locale;

/**
 * What a read is promised: a level, and for {@link Level#BOUNDED} how old a state may be.
 *
 * <p>Written {@code eventual}, {@code bounded=<ms>}, {@code session} or {@code linearizable}; {@link #parse} reads what
 * {@link #text} writes.
 *
 * @param stalenessMillis the bound, from 1; 0 at all other levels
 */
public record Consistency(Level level, long stalenessMillis) {
    /** Said wherever a level is refused. */
    public static final String EXPECTED = "one of eventual, session, linearizable";

    /** Bounded staleness can be written, with its bound or without, and is refused with these words. */
    public static final String NO_BOUNDED = "bounded staleness is not available in this version, expected " + EXPECTED;

    public static final Consistency EVENTUAL = new Consistency(Level.EVENTUAL, 0);
    public static final Consistency SESSION = new Consistency(Level.SESSION, 0);
    public static final Consistency LINEARIZABLE = new Consistency(Level.LINEARIZABLE, 0);

    /** The four promises. */
    public enum Level {
        /** Some past state, at once. */
        EVENTUAL,
        /** A state no older than the bound. */
        BOUNDED,
        /** Own writes, and never an older state than before. */
        SESSION,
        /** The newest state. */
        LINEARIZABLE
    }

    public Consistency {
        if (level == Level.BOUNDED ? stalenessMillis < 1 : stalenessMillis != 0) {
            throw new IllegalArgumentException(stalenessMillis + " ms is no staleness bound for level " + level);
        }
    }

    public static Consistency bounded(long stalenessMillis) {
        return new Consistency(Level.BOUNDED, stalenessMillis);
    }

    /** Throws IllegalArgumentException for an unknown level; the case of letters does not matter. */
    public static Consistency parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.matches("bounded=[0-9]{1,15}")) {
            return bounded(Long.parseLong(lower.substring(lower.indexOf('=') + 1)));
        }
        return switch (lower) {
            case "eventual" -> EVENTUAL;
            case "session" -> SESSION;
            case "linearizable" -> LINEARIZABLE;
            case "bounded" -> throw new IllegalArgumentException(NO_BOUNDED);
            default -> throw new IllegalArgumentException("'" + text + "' is not " + EXPECTED);
        };
    }

    public String text() {
        return switch (level) {
            case EVENTUAL -> "eventual";
            case BOUNDED -> "bounded=" + stalenessMillis;
            case SESSION -> "session";
            case LINEARIZABLE -> "linearizable";
        };
    }
}
