// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether each session reads its own writes and never reads backwards, wherever its client went.
 *
 * <p>Counters and lists tell their version (count, length) with each reply. The versions of a register have to be put
 * into an order that agrees with real time and with what all sessions saw ({@link VersionOrder}). Reads at the eventual
 * level only have to show some past state.
 */
public final class SessionGuarantees {
    private SessionGuarantees() {}

    /** Checks all sessions on all keys, and that the index of what a session was shown never falls. */
    public static Verdict check(List<Operation> operations) {
        Map<String, List<Operation>> byKey = new LinkedHashMap<>();
        operations.stream()
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .forEach(operation -> byKey.computeIfAbsent(operation.key(), _ -> new ArrayList<>())
                        .add(operation));
        List<Verdict> verdicts = new ArrayList<>();
        byKey.forEach((key, calls) -> verdicts.add(checkKey(key, calls)));
        verdicts.add(indexes(operations));
        long sessions = operations.stream().map(Operation::session).distinct().count();
        long reads = operations.stream()
                .filter(operation -> operation.isOk() && operation.isRead() && operation.level() == Level.SESSION)
                .count();
        return Verdict.all(
                "sessions: %d reads at the session level in %d sessions".formatted(reads, sessions), verdicts);
    }

    private static Verdict checkKey(String key, List<Operation> calls) {
        boolean versioned = calls.stream()
                .anyMatch(operation -> operation.call() instanceof Call.Increment
                        || operation.call() instanceof Call.Append
                        || operation.call() instanceof Call.ReadList);
        return versioned ? versioned(key, calls) : VersionOrder.check(key, calls);
    }

    /** A counter or a list: versions never fall in a session, and come neither from the future nor from nowhere. */
    private static Verdict versioned(String key, List<Operation> calls) {
        Map<String, Operation> highest = new HashMap<>();
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(onePast(key, calls));
        for (Operation operation : calls) {
            OptionalLong version = versionOf(operation);
            if (version.isEmpty()) {
                continue;
            }
            Operation before = highest.get(operation.session());
            long floor = before == null ? 0 : versionOf(before).orElse(0);
            if (isPromised(operation) && version.getAsLong() < floor && before != null) {
                verdicts.add(backwards(key, before, operation));
            }
            if (isPromised(operation) && version.getAsLong() >= floor) {
                highest.put(operation.session(), operation);
            }
            long possible = calls.stream()
                    .filter(write -> !write.isRead()
                            && write.outcome() != Outcome.FAIL
                            && write.callNanos() <= operation.returnNanos())
                    .count();
            if (version.getAsLong() > possible) {
                verdicts.add(new Verdict.Broken("%s: a version above the %d writes called by then:\n%s"
                        .formatted(key, possible, HistoryTable.of(List.of(operation)))));
            }
        }
        return Verdict.all(key, verdicts);
    }

    private static Verdict backwards(String key, Operation before, Operation after) {
        String promise = before.isRead() ? "read backwards" : "missed its own write";
        return new Verdict.Broken("%s: session %s %s:\n%s"
                .formatted(key, after.session(), promise, HistoryTable.of(List.of(before, after))));
    }

    /** Each list that was read, at any level, is the beginning of the longest one. */
    private static Verdict onePast(String key, List<Operation> calls) {
        Optional<Operation> longest = calls.stream()
                .filter(operation -> operation.isOk() && operation.result() instanceof Result.Elements)
                .max(Comparator.comparingInt(operation -> elements(operation).size()));
        if (longest.isEmpty()) {
            return new Verdict.Holds(key);
        }
        List<String> all = elements(longest.get());
        for (Operation operation : calls) {
            List<String> some = operation.isOk() ? elements(operation) : List.of();
            if (!all.subList(0, some.size()).equals(some)) {
                return new Verdict.Broken("%s: two reads show different pasts:\n%s"
                        .formatted(key, HistoryTable.of(List.of(operation, longest.get()))));
            }
        }
        return new Verdict.Holds(key);
    }

    private static List<String> elements(Operation operation) {
        return operation.result() instanceof Result.Elements elements ? elements.values() : List.of();
    }

    private static OptionalLong versionOf(Operation operation) {
        if (!operation.isOk()) {
            return OptionalLong.empty();
        }
        return switch (operation.result()) {
            case Result.Count count -> OptionalLong.of(count.value());
            case Result.Elements elements -> OptionalLong.of(elements.values().size());
            case Result.Text text -> OptionalLong.of(Long.parseLong(text.value()));
            case Result.Nil _ -> OptionalLong.of(0);
            case Result.Done _, Result.Failure _ -> OptionalLong.empty();
        };
    }

    static boolean isPromised(Operation operation) {
        return operation.level() != Level.EVENTUAL;
    }

    private static Verdict indexes(List<Operation> operations) {
        Map<String, Operation> highest = new HashMap<>();
        List<Operation> byCall = operations.stream()
                .filter(operation -> operation.isOk() && operation.index() > 0 && isPromised(operation))
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .toList();
        for (Operation operation : byCall) {
            Operation before = highest.get(operation.session());
            if (before != null && operation.index() < before.index()) {
                return new Verdict.Broken("session %s was served at index %d after index %d:\n%s"
                        .formatted(
                                operation.session(),
                                operation.index(),
                                before.index(),
                                HistoryTable.of(List.of(before, operation))));
            }
            highest.put(operation.session(), operation);
        }
        return new Verdict.Holds("indexes");
    }
}
