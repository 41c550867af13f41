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
final class Coverage {
    private static final long SECONDS_PER_FAULT = 8;
    private static final long OPERATIONS_PER_SECOND = 20;
    private static final long READS_PER_SECOND = 1;

    /** A shorter run may end before its schedule came to each target and each kind, and to the kill of a leader. */
    private static final Duration EACH_TARGET = Duration.ofSeconds(30);

    /** A shorter run may end before its schedule has done each kind to each target, on a slow machine. */
    private static final Duration EVERY_FAULT = Duration.ofSeconds(60);

    private Coverage() {}

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
        if (underFaults.compareTo(EACH_TARGET) >= 0) {
            requireEachTarget(missing, targets, faults);
        }
        if (underFaults.compareTo(EVERY_FAULT) >= 0) {
            for (Fault.Target target : targets) {
                for (Fault.Kind kind : Fault.Kind.values()) {
                    require(missing, kind, target, faults);
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

    private static void requireEachTarget(List<String> missing, Set<Fault.Target> targets, List<Fault> faults) {
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
        if (targets.contains(Fault.Target.LEADER)) {
            require(missing, Fault.Kind.KILL, Fault.Target.LEADER, faults);
        }
    }

    private static void require(List<String> missing, Fault.Kind kind, Fault.Target target, List<Fault> faults) {
        String what = "a " + kind + " of a " + target;
        if (!missing.contains(what)
                && faults.stream().noneMatch(fault -> fault.kind() == kind && fault.target() == target)) {
            missing.add(what);
        }
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
