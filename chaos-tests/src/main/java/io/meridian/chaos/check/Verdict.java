// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import java.util.ArrayList;
import java.util.List;

/** What a check found. */
public sealed interface Verdict {

    /** The promise was kept; the summary says how much was looked at. */
    record Holds(String summary) implements Verdict {}

    /** The promise was broken; the explanation is a small part of the history that shows it. */
    record Broken(String explanation) implements Verdict {}

    /** Nobody knows: the search met its bound on time or memory. */
    record Undecided(String reason) implements Verdict {}

    /** Broken if one of them is, else undecided if one of them is, else holds; all texts that count are kept. */
    static Verdict all(String summary, List<? extends Verdict> verdicts) {
        List<String> broken = new ArrayList<>();
        List<String> undecided = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Broken it -> broken.add(it.explanation());
                case Undecided it -> undecided.add(it.reason());
                case Holds _ -> {}
            }
        }
        if (!broken.isEmpty()) {
            return new Broken(String.join("\n\n", broken));
        }
        return undecided.isEmpty() ? new Holds(summary) : new Undecided(String.join("\n", undecided));
    }

    default boolean isBroken() {
        return this instanceof Broken;
    }
}
