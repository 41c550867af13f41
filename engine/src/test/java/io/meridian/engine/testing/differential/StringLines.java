// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;

/** Random commands on strings. */
public final class StringLines implements CommandGenerator {
    @Override
    public List<Bytes> next(Draw draw) {
        Line line =
                switch (draw.below(24)) {
                    case 0, 1, 2 -> set(draw);
                    case 3 -> Line.of("GET", draw.key());
                    case 4 -> Line.of("MGET").andAll(draw.someKeys());
                    case 5 -> Line.of(draw.oneOf("SETNX", "GETSET"), draw.key(), draw.value());
                    case 6 -> setEnding(draw);
                    case 7 -> pairs(draw, Line.of(draw.oneOf("MSET", "MSETNX")));
                    case 8 -> getex(draw);
                    case 9 -> Line.of("GETDEL", draw.key());
                    case 10, 11 -> Line.of("APPEND", draw.key(), draw.value());
                    case 12 -> Line.of("STRLEN", draw.key());
                    case 13, 14 -> Line.of(draw.oneOf("GETRANGE", "SUBSTR"), draw.key(), draw.number(), draw.number());
                    case 15, 16 -> setrange(draw);
                    case 17, 18 -> Line.of(draw.oneOf("INCR", "DECR"), draw.key());
                    case 19 -> Line.of(draw.oneOf("INCRBY", "DECRBY"), draw.key(), draw.number());
                    case 20, 21 -> Line.of("INCRBYFLOAT", draw.key(), draw.floating());
                    case 22 -> lcs(draw);
                    default -> Line.of("SET", draw.key(), draw.text(draw.below(60)));
                };
        return line.orBroken(draw);
    }

    private static Line set(Draw draw) {
        Line line = Line.of("SET", draw.key(), draw.value());
        while (draw.chance(0.4)) {
            if (draw.chance(0.4)) {
                expiry(draw, line);
            } else {
                line.and(draw.word(draw.oneOf("NX", "XX", "GET", "KEEPTTL", "PERSIST")));
            }
        }
        return line;
    }

    private static Line getex(Draw draw) {
        Line line = Line.of("GETEX", draw.key());
        if (draw.chance(0.8)) {
            if (draw.chance(0.7)) {
                expiry(draw, line);
            } else {
                line.and(draw.word("PERSIST"));
            }
        }
        return line;
    }

    private static void expiry(Draw draw, Line line) {
        String option = draw.oneOf("EX", "PX", "EXAT", "PXAT");
        boolean inSeconds = option.startsWith("E");
        line.and(draw.word(option));
        if (draw.chance(0.15)) {
            // Nothing that is accepted and ends within the run.
            line.and(draw.oneOf("0", "-1", "abc", "", "9223372036854775807", "-9223372036854775808"));
        } else if (option.endsWith("AT")) {
            line.and(Long.toString(draw.farAway(inSeconds)));
        } else {
            line.and(Long.toString(draw.farAwayFromNow(inSeconds)));
        }
    }

    private static Line setEnding(Draw draw) {
        boolean inSeconds = draw.chance(0.5);
        Object time =
                draw.chance(0.2) ? draw.oneOf("0", "-1", "abc", "9223372036854775807") : draw.farAwayFromNow(inSeconds);
        return Line.of(inSeconds ? "SETEX" : "PSETEX", draw.key(), time, draw.value());
    }

    private static Line pairs(Draw draw, Line line) {
        for (Bytes key : draw.someKeys()) {
            line.and(key, draw.value());
        }
        return line;
    }

    private static Line setrange(Draw draw) {
        Object offset = draw.chance(0.1)
                ? draw.oneOf("-1", "abc", "536870912", "9223372036854775807", "4294967296")
                : Integer.toString(draw.below(30));
        return Line.of("SETRANGE", draw.key(), offset, draw.value());
    }

    private static Line lcs(Draw draw) {
        Line line = Line.of("LCS", draw.key(), draw.key());
        while (draw.chance(0.5)) {
            line.and(draw.word(draw.oneOf("LEN", "IDX", "IDX", "WITHMATCHLEN", "MINMATCHLEN")));
            if (draw.chance(0.2)) {
                line.and(draw.number());
            }
        }
        return line;
    }
}
