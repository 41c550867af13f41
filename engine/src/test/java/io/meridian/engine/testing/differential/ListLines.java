// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;

/** Random commands on lists, short and long ones. */
public final class ListLines implements CommandGenerator {
    private static final int LISTS = 4;

    @Override
    public List<Bytes> next(Draw draw) {
        Line line =
                switch (draw.below(25)) {
                    case 0, 1, 2, 3 -> push(draw, draw.oneOf("LPUSH", "RPUSH"));
                    case 4, 5 -> push(draw, draw.oneOf("LPUSHX", "RPUSHX"));
                    case 6, 7 -> Line.of(draw.oneOf("LPOP", "RPOP"), key(draw));
                    case 8 -> Line.of(draw.oneOf("LPOP", "RPOP"), key(draw), draw.count());
                    case 9 -> Line.of("LLEN", key(draw));
                    case 10 -> Line.of("LINDEX", key(draw), draw.number());
                    case 11, 12 -> Line.of("LSET", key(draw), draw.number(), element(draw));
                    case 13, 14 -> insert(draw);
                    case 15 -> Line.of("LRANGE", key(draw), draw.number(), draw.number());
                    case 16 -> Line.of("LRANGE", key(draw), "0", "-1");
                    case 17 -> trim(draw);
                    case 18, 19 -> Line.of("LREM", key(draw), draw.number(), element(draw));
                    case 20 -> Line.of("LMOVE", key(draw), key(draw), end(draw), end(draw));
                    case 21 -> Line.of("RPOPLPUSH", key(draw), key(draw));
                    case 22 -> popFromFirst(draw);
                    default -> positions(draw);
                };
        return line.orBroken(draw);
    }

    private static Bytes key(Draw draw) {
        // The keys of all families are of any type, mostly.
        return draw.chance(0.1) ? draw.key() : Draw.latin("list:" + draw.below(LISTS));
    }

    /** One of few mostly, so that many are equal; at times one that fills a chunk, or more than one. */
    private static Bytes element(Draw draw) {
        return switch (draw.below(40)) {
            case 0 -> draw.text(draw.below(3_000));
            case 1 -> draw.text(4_090 + draw.below(12));
            case 2, 3, 4, 5, 6, 7, 8 -> draw.value();
            default -> few(draw);
        };
    }

    private static Bytes few(Draw draw) {
        return Draw.latin("e" + draw.below(6));
    }

    private static Bytes end(Draw draw) {
        return draw.word(draw.chance(0.02) ? "UP" : draw.oneOf("LEFT", "RIGHT"));
    }

    private static Line push(Draw draw, String name) {
        Line line = Line.of(name, key(draw));
        int elements = draw.chance(0.08) ? 150 : 1 + draw.below(3);
        for (int i = 0; i < elements; i++) {
            line.and(element(draw));
        }
        return line;
    }

    private static Line insert(Draw draw) {
        String where = draw.chance(0.02) ? "BESIDE" : draw.oneOf("BEFORE", "AFTER");
        return Line.of("LINSERT", key(draw), draw.word(where), few(draw), element(draw));
    }

    /** A little from the ends mostly, so that lists grow long. */
    private static Line trim(Draw draw) {
        return draw.chance(0.1)
                ? Line.of("LTRIM", key(draw), draw.number(), draw.number())
                : Line.of("LTRIM", key(draw), draw.below(3), -1 - draw.below(3));
    }

    private static Line popFromFirst(Draw draw) {
        int lists = 1 + draw.below(3);
        Line line = Line.of("LMPOP", draw.chance(0.1) ? draw.number() : lists);
        for (int i = 0; i < lists; i++) {
            line.and(key(draw));
        }
        line.and(end(draw));
        while (draw.chance(0.4)) {
            line.and(draw.word("COUNT"), draw.count());
        }
        return line;
    }

    private static Line positions(Draw draw) {
        Line line = Line.of("LPOS", key(draw), element(draw));
        while (draw.chance(0.5)) {
            String option = draw.oneOf("RANK", "COUNT", "MAXLEN", "MAXLEN");
            line.and(draw.word(option), option.equals("RANK") ? draw.number() : draw.count());
        }
        return line;
    }
}
