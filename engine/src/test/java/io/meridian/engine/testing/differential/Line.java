// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import java.util.ArrayList;
import java.util.List;

/** A command line in the making. */
final class Line {
    private final List<Bytes> words = new ArrayList<>();

    /** Starts with the command's name and some arguments: Bytes, or text in Latin-1. */
    static Line of(Object... words) {
        return new Line().and(words);
    }

    Line and(Object... more) {
        for (Object word : more) {
            words.add(word instanceof Bytes bytes ? bytes : Draw.latin(word.toString()));
        }
        return this;
    }

    Line andAll(List<Bytes> more) {
        words.addAll(more);
        return this;
    }

    List<Bytes> words() {
        return words;
    }

    /** The words, once in a while with one missing, one too many, or two exchanged. */
    List<Bytes> orBroken(Draw draw) {
        // SELECT stays whole because it is the session's; a cursor of SCAN, because it means something else to each.
        if (!draw.chance(0.02)
                || words.getFirst().isWord("SELECT")
                || words.getFirst().isWord("SCAN")) {
            return words;
        }
        int at = draw.below(words.size());
        switch (draw.below(3)) {
            case 0 -> words.add(draw.value());
            case 1 -> {
                if (words.size() > 1) {
                    words.remove(words.size() - 1);
                }
            }
            default -> {
                // The name stays: what is no command at all is another test's matter.
                if (at > 0) {
                    // No number, which could become a time that is soon over.
                    words.set(at, draw.noNumber());
                }
            }
        }
        return words;
    }
}
