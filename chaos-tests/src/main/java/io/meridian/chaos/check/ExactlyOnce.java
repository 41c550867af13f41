// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether each acknowledged increment and append is there once, each unknown one at most once, and nothing else.
 *
 * <p>Needs one read of each key after everything has healed and every client has stopped.
 */
public final class ExactlyOnce {
    private ExactlyOnce() {}

    /** Checks the increments and appends among the operations against the final reads of their keys. */
    public static Verdict check(List<Operation> operations, List<Operation> finalReads) {
        Map<String, List<Operation>> increments = new LinkedHashMap<>();
        Map<String, List<Operation>> appends = new LinkedHashMap<>();
        for (Operation operation : operations) {
            switch (operation.call()) {
                case Call.Increment _ -> byKey(increments, operation);
                case Call.Append _ -> byKey(appends, operation);
                case Call.Set _, Call.Get _, Call.CompareAndSet _, Call.ReadList _ -> {}
            }
        }
        Map<String, Operation> reads = new HashMap<>();
        finalReads.stream().filter(Operation::isOk).forEach(read -> reads.put(read.key(), read));
        List<Verdict> verdicts = new ArrayList<>();
        increments.forEach((key, calls) ->
                verdicts.add(reads.containsKey(key) ? counter(key, calls, reads.get(key)) : withoutRead(key)));
        appends.forEach((key, calls) ->
                verdicts.add(reads.containsKey(key) ? list(key, calls, reads.get(key)) : withoutRead(key)));
        return Verdict.all(
                "exactly once: %d increments on %d counters, %d appends on %d lists"
                        .formatted(count(increments), increments.size(), count(appends), appends.size()),
                verdicts);
    }

    private static void byKey(Map<String, List<Operation>> map, Operation operation) {
        map.computeIfAbsent(operation.key(), _ -> new ArrayList<>()).add(operation);
    }

    private static int count(Map<String, List<Operation>> map) {
        return map.values().stream().mapToInt(List::size).sum();
    }

    private static Verdict withoutRead(String key) {
        return new Verdict.Undecided(key + ": no final read");
    }

    private static Verdict counter(String key, List<Operation> increments, Operation read) {
        long acknowledged = increments.stream().filter(Operation::isOk).count();
        long unknown = increments.stream().filter(Operation::isUnknown).count();
        long found =
                switch (read.result()) {
                    case Result.Text text -> Long.parseLong(text.value());
                    case Result.Count count -> count.value();
                    case Result.Nil _, Result.Done _, Result.Elements _, Result.Failure _ -> 0;
                };
        List<String> wrong = new ArrayList<>();
        if (found < acknowledged) {
            wrong.add("%d acknowledged increments, but the counter ends at %d: %d lost"
                    .formatted(acknowledged, found, acknowledged - found));
        }
        if (found > acknowledged + unknown) {
            wrong.add("%d acknowledged and %d unknown increments, but the counter ends at %d: some were applied twice,"
                            .formatted(acknowledged, unknown, found)
                    + " or failed ones were applied");
        }
        Map<Result, Operation> byCount = new HashMap<>();
        for (Operation increment : increments) {
            Operation other = increment.isOk() ? byCount.put(increment.result(), increment) : null;
            if (other != null) {
                wrong.add("two increments were given the same count:\n" + HistoryTable.of(List.of(other, increment)));
            }
        }
        return verdict(key, wrong);
    }

    private static Verdict list(String key, List<Operation> appends, Operation read) {
        List<String> elements = read.result() instanceof Result.Elements found ? found.values() : List.of();
        Map<String, Integer> places = new HashMap<>();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            Integer before = places.put(elements.get(i), i);
            if (before != null) {
                wrong.add("\"%s\" is there twice, at %d and %d".formatted(elements.get(i), before, i));
            }
        }
        Map<String, Operation> byElement = new HashMap<>();
        for (Operation append : appends) {
            String element = ((Call.Append) append.call()).element();
            byElement.put(element, append);
            Integer place = places.get(element);
            switch (append.outcome()) {
                case OK -> {
                    if (place == null) {
                        wrong.add("an acknowledged append is lost:\n" + HistoryTable.of(List.of(append)));
                    } else if (!append.result().equals(new Result.Count(place + 1L))) {
                        wrong.add("an append was given another length than its place (%d) in the end:\n%s"
                                .formatted(place + 1, HistoryTable.of(List.of(append))));
                    }
                }
                case FAIL -> {
                    if (place != null) {
                        wrong.add("an append that failed is there:\n" + HistoryTable.of(List.of(append)));
                    }
                }
                case UNKNOWN -> {}
            }
        }
        places.keySet().stream()
                .filter(element -> !byElement.containsKey(element))
                .forEach(element -> wrong.add("\"" + element + "\" is there, and nobody appended it"));
        return verdict(key, wrong);
    }

    private static Verdict verdict(String key, List<String> wrong) {
        int shown = 5;
        if (wrong.isEmpty()) {
            return new Verdict.Holds(key);
        }
        String rest = wrong.size() > shown ? "\n… and " + (wrong.size() - shown) + " more" : "";
        return new Verdict.Broken(key + " is not exactly once: "
                + String.join("\n", wrong.subList(0, Math.min(shown, wrong.size()))) + rest);
    }
}
