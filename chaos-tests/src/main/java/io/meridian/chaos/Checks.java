// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.check.ExactlyOnce;
import io.meridian.chaos.check.Limits;
import io.meridian.chaos.check.Linearizability;
import io.meridian.chaos.check.SessionGuarantees;
import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.history.Operation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The checks that need nothing but a history. */
final class Checks {
    private Checks() {}

    /** Checks the history, whose final reads are those of the session {@code final}. */
    static Map<String, Verdict> of(List<Operation> history) {
        List<Operation> finalReads = history.stream()
                .filter(operation -> "final".equals(operation.session()))
                .toList();
        Map<String, Verdict> verdicts = new LinkedHashMap<>();
        verdicts.put("linearizability", Linearizability.check(history, Limits.USUAL));
        verdicts.put("session guarantees", SessionGuarantees.check(history));
        verdicts.put("exactly once", ExactlyOnce.check(history, finalReads));
        return verdicts;
    }
}
