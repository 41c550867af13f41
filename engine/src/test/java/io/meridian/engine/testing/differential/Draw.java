// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random words for commands: few keys, so that commands meet, and values of all the kinds that code may trip over. */
public final class Draw {
    private static final int KEYS = 24;
    private static final List<String> NUMBERS = List.of(
            "0",
            "1",
            "-1",
            "10",
            "-10",
            "2147483647",
            "-2147483648",
            "4294967296",
            "9223372036854775807",
            "9223372036854775806",
            "-9223372036854775808");
    private static final List<String> NO_NUMBERS = List.of(
            "", "abc", "01", "+1", " 1", "1 ", "-", "-0", "1.0", "9223372036854775808", "99999999999999999999", "0x10");
    private static final List<String> FLOATS = List.of(
            "0",
            "0.1",
            "-0.1",
            "3.0e3",
            "1e-17",
            "5e-18",
            "1.5",
            "-1.25",
            "1e17",
            "123456789.123456789",
            "0x1.8p3",
            ".5",
            "5.",
            "+1",
            "1E+2");
    private static final List<String> NO_FLOATS =
            List.of("", "abc", " 1", "1 ", "nan", "inf", "-infinity", "1e", "1.2.3", "1e5000", "1e-5000", "0x", "--1");

    private final Random random;

    public Draw(long seed) {
        this.random = new Random(seed);
    }

    /** From 0, below the bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    public boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    @SafeVarargs
    public final <T> T oneOf(T... choices) {
        return choices[below(choices.length)];
    }

    public <T> T oneOf(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** One of few keys; some are empty, binary, long, or share a hash tag. */
    public Bytes key() {
        int number = below(KEYS);
        return switch (number) {
            case 0 -> Bytes.EMPTY;
            case 1 -> latin("\0\r\n\u00FF");
            case 2 -> latin("long:" + "k".repeat(200));
            case 3, 4 -> latin("{tag}:" + number);
            default -> latin("key:" + number);
        };
    }

    /** A few keys, at least one, maybe some of them twice. */
    public List<Bytes> someKeys() {
        List<Bytes> keys = new ArrayList<>();
        do {
            keys.add(key());
        } while (chance(0.5));
        return keys;
    }

    /** Text, numbers, floats, nothing, bytes. */
    public Bytes value() {
        return switch (below(10)) {
            case 0 -> Bytes.EMPTY;
            case 1, 2 -> latin(Integer.toString(below(100) - 50));
            case 3 -> latin(oneOf(NUMBERS));
            case 4 -> latin(oneOf(NO_NUMBERS));
            case 5 -> latin(oneOf(FLOATS));
            case 6 -> bytes(below(20));
            case 7 -> text(below(200));
            default -> text(below(10));
        };
    }

    /** Letters of a small alphabet, so that texts share parts. */
    public Bytes text(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + below(4)));
        }
        return latin(text.toString());
    }

    public Bytes bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    /** An argument that is to be a number: a small one mostly, at times at a limit, or none at all. */
    public Bytes number() {
        if (chance(0.08)) {
            return latin(oneOf(NO_NUMBERS));
        }
        return latin(chance(0.15) ? oneOf(NUMBERS) : Integer.toString(below(60) - 30));
    }

    /** Text, bytes or nothing, at times nearly a number. */
    public Bytes noNumber() {
        return chance(0.5) ? latin(oneOf(NO_NUMBERS)) : text(1 + below(200));
    }

    /** The argument that is to be a small number, never negative unless at a limit. */
    public Bytes count() {
        if (chance(0.08)) {
            return latin(oneOf(NO_NUMBERS));
        }
        return latin(chance(0.05) ? oneOf(NUMBERS) : Integer.toString(below(6)));
    }

    /** An argument that is to be a float. */
    public Bytes floating() {
        if (chance(0.08)) {
            return latin(oneOf(NO_FLOATS));
        }
        if (chance(0.3)) {
            return latin(oneOf(FLOATS));
        }
        int digits = 1 + below(18);
        String text = Long.toString(random.nextLong((long) Math.pow(10, digits)));
        int point = below(text.length() + 1);
        return latin((chance(0.4) ? "-" : "") + text.substring(0, point) + "." + text.substring(point)
                + (chance(0.2) ? "e" + (below(40) - 20) : ""));
    }

    /** A float of any magnitude that Redis knows, and a little beyond. */
    public Bytes wideFloat() {
        String sign = chance(0.5) ? "-" : "";
        int exponent = chance(0.1) ? below(10_000) - 5_000 : below(60) - 30;
        if (chance(0.2)) {
            return latin(sign + "0x1." + Long.toHexString(random.nextLong() & Long.MAX_VALUE) + "p" + exponent);
        }
        String digits = Long.toUnsignedString(random.nextLong()).substring(below(10)) + (chance(0.2) ? "5" : "");
        return latin(sign + below(10) + "." + digits + "e" + exponent);
    }

    /** A glob pattern that matches some of the keys, or none, or is odd. */
    public Bytes pattern() {
        if (chance(0.4)) {
            StringBuilder odd = new StringBuilder(chance(0.5) ? "key:" : "");
            for (int i = below(8); i > 0; i--) {
                odd.append(oneOf("*", "?", "[", "]", "^", "-", "\\", "1", "2", "[1-9]", "[^1]", "k", "y:", "*"));
            }
            return latin(odd.toString());
        }
        return latin(oneOf(
                "*",
                "key:*",
                "*1*",
                "key:1?",
                "k[a-f]y:*",
                "[^k]*",
                "{tag}:[34]",
                "",
                "*:*:*",
                "key:\\1*",
                "[",
                "[a-",
                "key:[2-0]",
                "**",
                "\\",
                "key:[^1]*",
                "?",
                "long:*k"));
    }

    /** The word in some case. */
    public Bytes word(String upper) {
        return latin(
                switch (below(4)) {
                    case 0 -> upper.toLowerCase(java.util.Locale.ROOT);
                    case 1 -> upper.charAt(0) + upper.substring(1).toLowerCase(java.util.Locale.ROOT);
                    default -> upper;
                });
    }

    /** A time to live in seconds or milliseconds that no test run reaches the end of. */
    public long farAwayFromNow(boolean inSeconds) {
        // So many that two of them are never as close as a test run is long.
        long seconds = 100_000 + random.nextLong(900_000_000L);
        return inSeconds ? seconds : seconds * 1000 + below(1000);
    }

    /** Absolute times from here on were given as such: no relative one is near. */
    static final long FAR_AWAY_SECONDS = 100_000_000_000L;

    /** An absolute time in seconds or milliseconds, decades after any relative one; few, so that some are equal. */
    public long farAway(boolean inSeconds) {
        long seconds = FAR_AWAY_SECONDS + below(10) * 1000L;
        return inSeconds ? seconds : seconds * 1000;
    }

    public static Bytes latin(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
