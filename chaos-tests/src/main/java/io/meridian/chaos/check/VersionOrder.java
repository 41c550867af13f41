// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Looks for an order of a register's versions that agrees with real time and with every session.
 *
 * <p>A graph says which version must be older than which: a write acknowledged before another was called, a version
 * seen before a write was called, and two versions that one session saw one after the other. There is such an order
 * exactly if the graph has no cycle. Real time is a chain of points, so that edges stay as few as operations.
 */
final class VersionOrder {
    /** Why one version (or point in time) comes before another; the operations are the witnesses. */
    private record Edge(int to, List<Operation> witnesses) {}

    private final String key;
    private final List<List<Edge>> edges = new ArrayList<>();
    private final Map<Result, Integer> versions = new HashMap<>();
    private final NavigableMap<Long, Integer> times = new TreeMap<>();

    private VersionOrder(String key) {
        this.key = key;
    }

    /** Checks one register; the values written to it are unique. */
    static Verdict check(String key, List<Operation> calls) {
        return new VersionOrder(key).check(calls);
    }

    private Verdict check(List<Operation> calls) {
        List<Operation> writes = calls.stream()
                .filter(operation -> operation.outcome() != Outcome.FAIL && mayWrite(operation))
                .toList();
        List<Operation> reads = calls.stream()
                .filter(operation -> operation.isOk() && operation.isRead())
                .toList();
        int nothing = node();
        versions.put(Result.NIL, nothing);
        for (Operation write : writes) {
            int version = node();
            if (versions.put(valueOf(write), version) != null) {
                return new Verdict.Undecided(key + ": written twice: " + write.inWords());
            }
            edge(nothing, version, List.of(write));
        }
        for (Operation read : reads) {
            if (!versions.containsKey(read.result())) {
                return new Verdict.Broken(
                        key + ": a value that nobody wrote was read:\n" + HistoryTable.of(List.of(read)));
            }
        }
        addRealTime(writes, reads);
        addSessions(calls);
        List<Edge> cycle = cycle();
        return cycle.isEmpty() ? new Verdict.Holds(key) : new Verdict.Broken(explain(cycle));
    }

    private void addRealTime(List<Operation> writes, List<Operation> reads) {
        for (Operation write : writes) {
            times.computeIfAbsent(write.callNanos(), _ -> node());
        }
        Integer earlier = null;
        for (int point : times.values()) {
            if (earlier != null) {
                edge(earlier, point, List.of());
            }
            earlier = point;
        }
        for (Operation write : writes) {
            edge(times.getOrDefault(write.callNanos(), 0), version(write), List.of(write));
            if (write.isOk()) {
                beforeLater(write);
            }
        }
        reads.forEach(this::beforeLater);
    }

    /** What was acknowledged or seen is older than each write called after that. */
    private void beforeLater(Operation operation) {
        Map.Entry<Long, Integer> later = times.higherEntry(operation.returnNanos());
        if (later != null) {
            edge(version(operation), later.getValue(), List.of(operation));
        }
    }

    private void addSessions(List<Operation> calls) {
        Map<String, Operation> last = new HashMap<>();
        for (Operation operation : calls) {
            boolean tells = operation.isRead() || mayWrite(operation);
            if (operation.isOk() && tells && SessionGuarantees.isPromised(operation)) {
                Operation before = last.put(operation.session(), operation);
                if (before != null && version(before) != version(operation)) {
                    edge(version(before), version(operation), List.of(before, operation));
                }
            }
        }
    }

    private int version(Operation operation) {
        return versions.getOrDefault(valueOf(operation), 0);
    }

    private static boolean mayWrite(Operation operation) {
        return !operation.isRead() && !operation.result().equals(new Result.Count(0));
    }

    private static Result valueOf(Operation operation) {
        return switch (operation.call()) {
            case Call.Set set -> new Result.Text(set.value());
            case Call.CompareAndSet cas -> new Result.Text(cas.value());
            case Call.Get _, Call.Increment _, Call.Append _, Call.ReadList _ -> operation.result();
        };
    }

    private int node() {
        edges.add(new ArrayList<>());
        return edges.size() - 1;
    }

    private void edge(int from, int to, List<Operation> witnesses) {
        edges.get(from).add(new Edge(to, witnesses));
    }

    /** A short cycle, or nothing where the graph has none. */
    private List<Edge> cycle() {
        int[] incoming = new int[edges.size()];
        edges.forEach(out -> out.forEach(edge -> incoming[edge.to()]++));
        Deque<Integer> free = new ArrayDeque<>();
        for (int node = 0; node < incoming.length; node++) {
            if (incoming[node] == 0) {
                free.add(node);
            }
        }
        int left = incoming.length;
        while (!free.isEmpty()) {
            left--;
            for (Edge edge : edges.get(free.remove())) {
                if (--incoming[edge.to()] == 0) {
                    free.add(edge.to());
                }
            }
        }
        if (left == 0) {
            return List.of();
        }
        List<Edge> shortest = List.of();
        for (int node = 0; node < incoming.length; node++) {
            List<Edge> found = incoming[node] > 0 ? wayBack(node) : List.<Edge>of();
            if (!found.isEmpty() && (shortest.isEmpty() || weight(found) < weight(shortest))) {
                shortest = found;
            }
        }
        return shortest;
    }

    private static long weight(List<Edge> cycle) {
        return cycle.stream().mapToLong(edge -> edge.witnesses().size()).sum();
    }

    /** The way from a node back to itself over the fewest edges. */
    private List<Edge> wayBack(int start) {
        Map<Integer, Integer> from = new HashMap<>();
        Map<Integer, Edge> by = new HashMap<>();
        Deque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty() && !by.containsKey(start)) {
            int node = queue.remove();
            for (Edge edge : edges.get(node)) {
                if (by.putIfAbsent(edge.to(), edge) == null) {
                    from.put(edge.to(), node);
                    queue.add(edge.to());
                }
            }
        }
        if (!by.containsKey(start)) {
            return List.of();
        }
        List<Edge> way = new ArrayList<>();
        int node = start;
        do {
            way.add(by.getOrDefault(node, new Edge(node, List.of())));
            node = from.getOrDefault(node, start);
        } while (node != start);
        Collections.reverse(way);
        return way;
    }

    private String explain(List<Edge> cycle) {
        List<Operation> witnesses = cycle.stream()
                .flatMap(edge -> edge.witnesses().stream())
                .distinct()
                .toList();
        StringBuilder text = new StringBuilder(key)
                .append(": no order of the versions agrees with real time and with what each session saw:\n")
                .append(HistoryTable.of(witnesses));
        for (Edge edge : cycle) {
            if (edge.witnesses().size() == 2) {
                Operation before = edge.witnesses().getFirst();
                Operation after = edge.witnesses().getLast();
                text.append("\n  session ")
                        .append(after.session())
                        .append(after.isRead() ? " saw " : " wrote ")
                        .append(words(after))
                        .append(before.isRead() ? " after it had seen " : " after its own write of ")
                        .append(words(before));
            } else if (edge.witnesses().size() == 1) {
                Operation witness = edge.witnesses().getFirst();
                if (edge.to() == version(witness)) {
                    text.append("; then ").append(words(witness)).append(" was written");
                } else {
                    text.append("\n  ")
                            .append(words(witness))
                            .append(witness.isRead() ? " had been seen" : " had been acknowledged");
                }
            }
        }
        return text.toString();
    }

    private static String words(Operation operation) {
        return valueOf(operation) instanceof Result.Text text ? '"' + text.value() + '"' : "nil";
    }
}
