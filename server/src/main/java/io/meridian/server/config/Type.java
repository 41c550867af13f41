// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.HostPort;
import io.meridian.router.topology.Names;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a setting becomes a value.
 *
 * @param expected what a text must be, to end the sentence "expected …"
 * @param parser throws IllegalArgumentException for any other text; its message is not shown
 * @param isSecret whether the text must never be shown
 */
record Type<T>(String expected, Function<String, T> parser, boolean isSecret) {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");
    private static final Map<String, Long> BYTES_OF =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30, "TiB", 1L << 40);
    private static final Map<String, Long> MILLIS_OF =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    static final Type<String> NAME = of(Names.EXPECTED, text -> accept(Names.isName(text), text));
    static final Type<Boolean> BOOLEAN = of("true or false", Type::parseBoolean);
    static final Type<Path> PATH = of("a path", Type::parsePath);
    static final Type<HostPort> LISTEN_ADDRESS =
            of("an address to listen on, like 0.0.0.0:6379, 127.0.0.1:6379 or [::]:6379", HostPort::parse);
    static final Type<HostPort> PEER_ADDRESS = of(HostPort.EXPECTED, Type::parsePeer);
    /** Takes bounded staleness too, which is refused later, with its reason. */
    static final Type<Consistency> LEVEL = of(Consistency.EXPECTED, Consistency::parse);

    static final Type<AccessToken> TOKEN =
            new Type<>("a token that is not empty and has no white space around it", Type::parseToken, true);
    static final Type<AccessToken> TOKEN_SHA256 =
            new Type<>("a SHA-256 as 64 hexadecimal digits in lower case", AccessToken::new, true);

    private static <T> Type<T> of(String expected, Function<String, T> parser) {
        return new Type<>(expected, parser, false);
    }

    static Type<Integer> count(int min, int max) {
        return of("a whole number from " + min + " to " + max, text -> {
            accept(text.matches("[0-9]{1,10}"), text);
            return (int) within(Long.parseLong(text), min, max);
        });
    }

    /** A size in bytes. */
    static Type<Long> bytes(String min, String max) {
        return of(
                "a size from " + min + " to " + max + ", like 512KiB or 64MiB",
                text -> within(amount(text, BYTES_OF), amount(min, BYTES_OF), amount(max, BYTES_OF)));
    }

    static Type<Duration> duration(String min, String max) {
        return of(
                "a duration from " + min + " to " + max + ", like 500ms, 10s or 5m",
                text -> Duration.ofMillis(
                        within(amount(text, MILLIS_OF), amount(min, MILLIS_OF), amount(max, MILLIS_OF))));
    }

    static <E extends Enum<E>> Type<E> oneOf(Class<E> words) {
        List<E> all = List.of(words.getEnumConstants());
        return of(
                "one of " + String.join(", ", all.stream().map(Type::wordOf).toList()),
                text -> all.stream()
                        .filter(word -> wordOf(word).equals(text))
                        .findFirst()
                        .orElseThrow(() -> new IllegalArgumentException(text)));
    }

    private static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static Boolean parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static Path parsePath(String text) {
        accept(!text.isBlank(), text);
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static HostPort parsePeer(String text) {
        HostPort address = HostPort.parse(text);
        accept(address.port() > 0, text);
        return address;
    }

    private static AccessToken parseToken(String text) {
        accept(text.equals(text.strip()), text);
        return AccessToken.of(text);
    }

    private static long amount(String text, Map<String, Long> units) {
        Matcher matcher = AMOUNT.matcher(text);
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(text);
        }
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static long within(long value, long min, long max) {
        accept(value >= min && value <= max, "out of range");
        return value;
    }

    private static String accept(boolean condition, String text) {
        if (!condition) {
            throw new IllegalArgumentException(text);
        }
        return text;
    }
}
