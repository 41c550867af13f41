// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Random commands on keys, their ends and whole keyspaces; and values of other types for the other families to trip over. */
public final class KeyLines implements CommandGenerator {
    // The two are asked one after the other, in batches, on a machine with other work.
    private static final long TOLERANCE_SECONDS = 10;

    /** For what PEXPIRETIME answers. */
    static final Likeness END_MILLIS = Likeness.ends(TOLERANCE_SECONDS * 1000, Draw.FAR_AWAY_SECONDS * 1000);

    // What ours may say where Redis says this: it tells by what a string holds, not by how it came about; and of short
    // lists, what Redis says from 7.2 on.
    private static final Map<String, Set<String>> ENCODINGS =
            Map.of("raw", Set.of("embstr", "int"), "embstr", Set.of("int"), "quicklist", Set.of("listpack"));

    @Override
    public Map<String, Likeness> likenesses() {
        return Map.ofEntries(
                Map.entry("KEYS", Likeness.ANY_ORDER),
                Map.entry("SCAN", Likeness.WHOLE_SCAN),
                Map.entry("RANDOMKEY", Likeness.KIND),
                Map.entry("TTL", Likeness.within(TOLERANCE_SECONDS)),
                Map.entry("EXPIRETIME", Likeness.ends(TOLERANCE_SECONDS, Draw.FAR_AWAY_SECONDS)),
                Map.entry("PTTL", Likeness.within(TOLERANCE_SECONDS * 1000)),
                Map.entry("PEXPIRETIME", END_MILLIS),
                Map.entry("OBJECT", KeyLines::sameObject),
                Map.entry("MEMORY", Likeness.KIND));
    }

    @Override
    public List<Bytes> next(Draw draw) {
        Line line =
                switch (draw.below(40)) {
                    case 0, 1 -> Line.of(draw.oneOf("DEL", "UNLINK")).andAll(draw.someKeys());
                    case 2 -> Line.of(draw.oneOf("EXISTS", "TOUCH")).andAll(draw.someKeys());
                    case 3 -> Line.of("TYPE", draw.key());
                    case 4, 5 -> copy(draw);
                    case 6, 7 -> Line.of(draw.oneOf("RENAME", "RENAMENX"), draw.key(), draw.key());
                    case 8, 9, 10, 11, 12, 13 -> expire(draw);
                    case 14, 15, 16, 17 -> Line.of(draw.oneOf("TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"), draw.key());
                    case 18 -> Line.of("PERSIST", draw.key());
                    case 19, 20 ->
                        Line.of(
                                "OBJECT",
                                draw.word(draw.oneOf("ENCODING", "FREQ", "REFCOUNT", "IDLETIME")),
                                draw.key());
                    case 21 -> Line.of("KEYS", draw.pattern());
                    case 22 -> scan(draw);
                    case 23, 24 -> Line.of("MOVE", draw.key(), number(draw));
                    case 25 -> Line.of("DBSIZE");
                    case 26 -> Line.of("RANDOMKEY");
                    case 27 -> Line.of("MEMORY", "USAGE", draw.key());
                    case 28, 29 -> Line.of("RPUSH", draw.key(), draw.text(3), draw.text(2));
                    case 30, 31 -> Line.of("HSET", draw.key(), draw.text(2), draw.value());
                    case 32, 33 -> Line.of("SET", draw.key(), draw.value());
                    case 34 -> Line.of("SET", draw.key(), draw.value(), "PXAT", draw.farAway(false));
                    default -> rare(draw);
                };
        return line.orBroken(draw);
    }

    private static Line rare(Draw draw) {
        return switch (draw.below(40)) {
            case 0 -> Line.of("FLUSHDB");
            case 1 -> Line.of("FLUSHALL", draw.oneOf("ASYNC", "SYNC", "NOW"));
            case 2, 3, 4 -> Line.of("SWAPDB", number(draw), number(draw));
            case 5, 6, 7, 8, 9, 10 -> Line.of("SELECT", Integer.toString(draw.below(4)));
            case 11 -> Line.of("OBJECT", draw.word("FOO"));
            default -> Line.of("SELECT", "0");
        };
    }

    private static Object number(Draw draw) {
        return draw.chance(0.15)
                ? draw.oneOf("abc", "-1", "16", "99999999999", "", "-9223372036854775808")
                : Integer.toString(draw.below(4));
    }

    private static Line copy(Draw draw) {
        Line line = Line.of("COPY", draw.key(), draw.key());
        while (draw.chance(0.5)) {
            line.and(draw.word(draw.oneOf("REPLACE", "DB", "FOO")));
            if (draw.chance(0.6)) {
                line.and(number(draw));
            }
        }
        if (draw.chance(0.4)) {
            return Line.of("COPY", draw.key(), draw.key(), "DB", number(draw), draw.word("REPLACE"));
        }
        return line;
    }

    private static Line expire(Draw draw) {
        String command = draw.oneOf("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT");
        boolean inSeconds = !command.startsWith("P");
        boolean isAbsolute = command.endsWith("AT");
        Line line = Line.of(command, draw.key());
        if (draw.chance(0.1)) {
            // Long past, refused, or so late that only the last digit is ours.
            line.and(draw.oneOf("-1", "0", "abc", "", "-9223372036854775808", "9223372036854775806"));
        } else {
            line.and(Long.toString(isAbsolute ? draw.farAway(inSeconds) : draw.farAwayFromNow(inSeconds)));
        }
        while (draw.chance(0.35)) {
            line.and(draw.word(draw.oneOf("NX", "XX", "GT", "LT")));
        }
        if (draw.chance(0.03)) {
            line.and("FOO");
        }
        return line;
    }

    private static Line scan(Draw draw) {
        // So large a count that all come at once: cursors in between mean something else to each.
        Line line = Line.of("SCAN", draw.oneOf("0", "0", "0", "00", "+0", "", "abc", "99999999999999999999"));
        while (draw.chance(0.4)) {
            switch (draw.below(3)) {
                case 0 -> line.and(draw.word("MATCH"), draw.pattern());
                case 1 -> line.and(draw.word("TYPE"), draw.word(draw.oneOf("STRING", "LIST", "HASH", "NONE")));
                default -> line.and(draw.word("COUNT"), draw.oneOf("0", "-1", "abc", "100000"));
            }
        }
        return line.and("COUNT", "100000");
    }

    /** The number of references is always one here, and the idle time none. */
    private static boolean sameObject(RespValue expected, RespValue actual) {
        if (expected instanceof RespValue.Int && actual instanceof RespValue.Int) {
            return true;
        }
        return expected.equals(actual)
                || (expected instanceof RespValue.Bulk one
                        && actual instanceof RespValue.Bulk other
                        && ENCODINGS
                                .getOrDefault(one.bytes().toString(), Set.of())
                                .contains(other.bytes().toString()));
    }
}
