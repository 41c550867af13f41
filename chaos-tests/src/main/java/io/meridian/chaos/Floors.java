// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.fault.Fault;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a run must have done and seen: one that saw less proves nothing. */
final class Floors {
    private static final long SECONDS_PER_FAULT = 8;
    private static final long OPERATIONS_PER_SECOND = 20;
    private static final long READS_PER_SECOND = 1;

    /** A shorter run may end before its schedule came to each target and each kind. */
    private static final Duration ALL_FAULTS = Duration.ofSeconds(30);

    private Floors() {}

    /** Whether the faults, on each of these targets, and the acknowledged operations of each level suffice for this long. */
    static Verdict check(Duration underFaults, Set<Fault.Target> targets, List<Operation> history, List<Fault> faults) {
        long seconds = underFaults.toSeconds();
        List<Operation> acknowledged = history.stream().filter(Operation::isOk).toList();
        long unknown = history.stream().filter(Operation::isUnknown).count();
        long session = reads(acknowledged, Level.SESSION);
        long linearizable = reads(acknowledged, Level.LINEARIZABLE);

        List<String> missing = new ArrayList<>();
        require(missing, faults.size(), Math.max(1, seconds / SECONDS_PER_FAULT), "faults");
        require(missing, acknowledged.size(), seconds * OPERATIONS_PER_SECOND, "acknowledged operations");
        require(missing, session, seconds * READS_PER_SECOND, "acknowledged session reads");
        require(missing, linearizable, seconds * READS_PER_SECOND, "acknowledged linearizable reads");
        if (underFaults.compareTo(ALL_FAULTS) >= 0) {
            for (Fault.Target target : targets) {
                if (faults.stream().noneMatch(fault -> fault.target() == target)) {
                    missing.add("a fault of a " + target);
                }
            }
            for (Fault.Kind kind : Fault.Kind.values()) {
                if (faults.stream().noneMatch(fault -> fault.kind() == kind)) {
                    missing.add("a " + kind);
                }
            }
        }

        String seen =
                "%d faults %s; %d operations acknowledged (%d session reads, %d linearizable reads), %d failed, %d unknown"
                        .formatted(
                                faults.size(),
                                faults.stream()
                                        .collect(Collectors.groupingBy(
                                                fault -> fault.kind() + " " + fault.target(),
                                                TreeMap::new,
                                                Collectors.counting())),
                                acknowledged.size(),
                                session,
                                linearizable,
                                history.size() - acknowledged.size() - unknown,
                                unknown);
        return missing.isEmpty()
                ? new Verdict.Holds(seen)
                : new Verdict.Broken(seen + "; missing: " + String.join(", ", missing));
    }

    private static long reads(List<Operation> acknowledged, Level level) {
        return acknowledged.stream()
                .filter(operation -> operation.isRead() && operation.level() == level)
                .count();
    }

    private static void require(List<String> missing, long seen, long least, String what) {
        if (seen < least) {
            missing.add("at least " + least + " " + what);
        }
    }
}
