// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

/** Keys and values: the same for every system, and those that redis-benchmark makes. */
public final class Words {
    /** How many digits a key ends in: it is 16 bytes long. */
    static final int DIGITS = 12;

    private static final String PREFIX = "key:";

    private Words() {}

    /** The key with this number. */
    public static String key(long number) {
        return PREFIX + String.format("%0" + DIGITS + "d", number);
    }

    /** A value of so many bytes. */
    public static String value(int bytes) {
        return "x".repeat(bytes);
    }
}
