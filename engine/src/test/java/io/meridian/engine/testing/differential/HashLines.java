// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.List;
import java.util.Map;

/** Random commands on hashes, of few fields and of many. */
public final class HashLines implements CommandGenerator {
    private static final int HASHES = 4;
    private static final int FIELDS_FEW = 12;
    // Three times what Redis keeps in a listpack.
    private static final int FIELDS_MANY = 1536;

    private final boolean small;

    private HashLines(boolean small) {
        this.small = small;
    }

    /** Hashes of all sizes; fields in any order, since a large hash has one of its own on each side. */
    public static HashLines ofAllSizes() {
        return new HashLines(false);
    }

    /** Hashes that stay listpacks, the order of their fields looked at too. */
    public static HashLines ofListpacks() {
        return new HashLines(true);
    }

    @Override
    public Map<String, Likeness> likenesses() {
        return small
                ? Map.of("HRANDFIELD", HashLines::asManyPicks)
                : Map.of(
                        "HGETALL", Likeness.ANY_ORDER_PAIRS,
                        "HKEYS", Likeness.ANY_ORDER,
                        "HVALS", Likeness.ANY_ORDER,
                        "HSCAN", Likeness.WHOLE_PAIR_SCAN,
                        "HRANDFIELD", HashLines::asManyPicks);
    }

    @Override
    public List<Bytes> next(Draw draw) {
        // The first two are never broken: with another word Redis might pick for hours, or scan a part of its own
        // choice.
        return switch (draw.below(16)) {
            case 0 -> pick(draw).words();
            case 1 -> scan(draw).words();
            case 2 -> Line.of("OBJECT", "ENCODING", ofOurs(draw)).words();
            // A broken line may set a longer value than a listpack takes.
            default -> small ? common(draw).words() : common(draw).orBroken(draw);
        };
    }

    private Line common(Draw draw) {
        return switch (draw.below(40)) {
            case 0, 1, 2, 3, 4, 5, 6, 7 -> set(draw, draw.chance(0.8) ? "HSET" : "HMSET");
            case 8, 9 -> Line.of("HSETNX", key(draw), field(draw), value(draw));
            case 10, 11, 12, 13 -> some(draw, "HDEL");
            case 14, 15 -> some(draw, "HMGET");
            case 16, 17, 18, 19, 20, 21 -> Line.of(draw.oneOf("HGET", "HEXISTS", "HSTRLEN"), key(draw), field(draw));
            case 22, 23, 24, 25, 26, 27, 28 -> Line.of(draw.oneOf("HLEN", "HGETALL", "HKEYS", "HVALS"), key(draw));
            case 29, 30, 31, 32, 33, 34 -> Line.of("HINCRBY", key(draw), field(draw), draw.number());
            case 35, 36, 37, 38 -> Line.of("HINCRBYFLOAT", key(draw), field(draw), draw.floating());
            default -> draw.chance(0.1) ? Line.of("DEL", ofOurs(draw)) : Line.of("HLEN", key(draw));
        };
    }

    private Bytes key(Draw draw) {
        // The keys of all families are of any type, mostly.
        return !small && draw.chance(0.1) ? draw.key() : ofOurs(draw);
    }

    private static Bytes ofOurs(Draw draw) {
        return Draw.latin("hash:" + draw.below(HASHES));
    }

    private Bytes field(Draw draw) {
        if (!small && draw.chance(0.01)) {
            return draw.oneOf(draw.value(), draw.text(63), draw.text(64), draw.text(65));
        }
        return Draw.latin("f" + draw.below(!small && draw.chance(0.3) ? FIELDS_MANY : FIELDS_FEW));
    }

    private Bytes value(Draw draw) {
        if (small) {
            return draw.oneOf(draw.number(), draw.floating(), draw.text(draw.below(65)));
        }
        // A longer value makes a hashtable of a hash for good: rare, so that listpacks are seen as well.
        return draw.chance(0.01) ? draw.text(62 + draw.below(6)) : draw.chance(0.5) ? draw.number() : draw.text(5);
    }

    private Line set(Draw draw, String name) {
        Line line = Line.of(name, key(draw));
        int pairs = draw.chance(0.1) ? 100 : 1 + draw.below(3);
        for (int i = 0; i < pairs; i++) {
            line.and(field(draw), value(draw));
        }
        return line;
    }

    private Line some(Draw draw, String name) {
        Line line = Line.of(name, key(draw), field(draw));
        while (draw.chance(0.6)) {
            line.and(field(draw));
        }
        return line;
    }

    private Line pick(Draw draw) {
        Line line = Line.of("HRANDFIELD", key(draw));
        if (draw.chance(0.8)) {
            line.and(draw.oneOf("0", "1", "-1", "3", "-7", "20", "1000", "abc", "", "9223372036854775807", "+1"));
            if (draw.chance(0.5)) {
                line.and(draw.word(draw.chance(0.9) ? "WITHVALUES" : "VALUES"));
            }
            if (draw.chance(0.03)) {
                line.and("more");
            }
        }
        return line;
    }

    private Line scan(Draw draw) {
        Line line = Line.of("HSCAN", key(draw), draw.chance(0.9) ? "0" : draw.oneOf("", "abc", "1 ", "-", "+0"));
        while (draw.chance(0.3)) {
            switch (draw.below(4)) {
                case 0 -> line.and(draw.word("COUNT"), draw.oneOf("0", "-1", "abc", "10"));
                case 1 -> line.and(draw.word("TYPE"), "hash");
                default -> line.and(draw.word("MATCH"), draw.oneOf("*", "f1*", "f?", "f[2-5]*", "", "[^f]*"));
            }
        }
        if (draw.chance(0.03)) {
            return line.and(draw.word("MATCH"));
        }
        // All at once: where a scan of a hashtable stops in between is each server's own.
        return line.and(draw.word("COUNT"), "100000");
    }

    /** Picks are each server's own; how many there are, and with or without values, is not. */
    private static boolean asManyPicks(RespValue expected, RespValue actual) {
        if (expected instanceof RespValue.Items several && actual instanceof RespValue.Items others) {
            return several.mark() == others.mark()
                    && several.items().size() == others.items().size();
        }
        return expected.equals(actual) || (expected instanceof RespValue.Bulk && actual instanceof RespValue.Bulk);
    }
}
