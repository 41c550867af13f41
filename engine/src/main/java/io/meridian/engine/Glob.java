// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

/**
 * Redis' glob patterns (util.c, stringmatchlen), as KEYS, SCAN, CONFIG GET and PSUBSCRIBE take them.
 *
 * <p>{@code *} any bytes, {@code ?} one byte, {@code [a-z]} and {@code [^a-z]} one of, {@code \} the next byte itself. Costs
 * at most pattern times text length: a star gives up all earlier ones, so no pattern is slow as Redis' recursion is.
 */
public final class Glob {
    private Glob() {}

    /** As Redis' own function, an empty text matches the empty pattern only, not even {@code *}. */
    public static boolean matches(Bytes pattern, Bytes text) {
        return matches(pattern, text, false);
    }

    /** The same with ASCII letters of any case alike. */
    public static boolean matchesAnyCase(Bytes pattern, Bytes text) {
        return matches(pattern, text, true);
    }

    private static boolean matches(Bytes pattern, Bytes text, boolean anyCase) {
        if (text.isEmpty()) {
            return pattern.isEmpty();
        }
        int p = 0;
        int t = 0;
        int afterStar = -1;
        int starAt = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.at(p) == '*') {
                afterStar = p + 1;
                starAt = t;
                p = afterStar;
                continue;
            }
            int next = p < pattern.length() ? afterElement(pattern, p, text.at(t), anyCase) : -1;
            if (next >= 0) {
                p = next;
                t++;
            } else if (afterStar >= 0) {
                // The last star takes one byte more.
                starAt++;
                t = starAt;
                p = afterStar;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.at(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }

    /** Where the pattern goes on after the element at p, if that accepts the byte; else -1. */
    private static int afterElement(Bytes pattern, int p, byte b, boolean anyCase) {
        byte element = pattern.at(p);
        return switch (element) {
            case '?' -> p + 1;
            case '[' -> afterChoice(pattern, p + 1, b, anyCase);
            case '\\' -> {
                int literal = Math.min(p + 1, pattern.length() - 1);
                yield same(pattern.at(literal), b, anyCase) ? literal + 1 : -1;
            }
            default -> same(element, b, anyCase) ? p + 1 : -1;
        };
    }

    private static int afterChoice(Bytes pattern, int from, byte b, boolean anyCase) {
        int end = pattern.length();
        int p = from;
        boolean negated = p < end && pattern.at(p) == '^';
        if (negated) {
            p++;
        }
        boolean found = false;
        // A choice without its closing bracket ends with the pattern.
        while (p < end && pattern.at(p) != ']') {
            if (pattern.at(p) == '\\' && p + 1 < end) {
                // Redis does not fold the case of an escaped byte.
                found |= pattern.at(p + 1) == b;
                p += 2;
            } else if (p + 2 < end && pattern.at(p + 1) == '-') {
                found |= within(pattern.at(p), pattern.at(p + 2), b, anyCase);
                p += 3;
            } else {
                found |= same(pattern.at(p), b, anyCase);
                p++;
            }
        }
        return found == negated ? -1 : Math.min(p + 1, end);
    }

    /** A range may be given backwards; its order is of signed bytes, as C's char on x86. */
    private static boolean within(byte first, byte last, byte b, boolean anyCase) {
        byte low = lower((byte) Math.min(first, last), anyCase);
        byte high = lower((byte) Math.max(first, last), anyCase);
        byte c = lower(b, anyCase);
        return c >= low && c <= high;
    }

    private static boolean same(byte a, byte b, boolean anyCase) {
        return lower(a, anyCase) == lower(b, anyCase);
    }

    private static byte lower(byte b, boolean anyCase) {
        return anyCase && b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }
}
