// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.check.Verdict;
import java.util.LinkedHashMap;
import java.util.Map;

/** The verdict of every check of one run, in the order they were made. */
public record Report(Map<String, Verdict> verdicts) {
    public Report {
        verdicts = new LinkedHashMap<>(verdicts);
    }

    /** Whether every check holds; one that is undecided does not. */
    public boolean holds() {
        return verdicts.values().stream().allMatch(verdict -> verdict instanceof Verdict.Holds);
    }

    /** One line for each check that holds, and the whole explanation of each that does not. */
    public String inWords() {
        StringBuilder text = new StringBuilder();
        verdicts.forEach((check, verdict) -> {
            switch (verdict) {
                case Verdict.Holds holds ->
                    text.append("ok         ").append(check).append(": ").append(holds.summary());
                case Verdict.Broken broken ->
                    text.append("BROKEN     ").append(check).append(":\n").append(broken.explanation());
                case Verdict.Undecided undecided ->
                    text.append("UNDECIDED  ").append(check).append(": ").append(undecided.reason());
            }
            text.append('\n');
        });
        return text.toString();
    }
}
