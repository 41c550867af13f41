// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.check.Search.End;
import io.meridian.chaos.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes a history that is not linearizable as small as it can while that stays true, and shows it. */
final class Counterexample<S> {
    private final Model<S> model;
    private final String key;
    private final Limits limits;
    private final long deadline;

    /** The time limit is that of the whole making small. */
    Counterexample(Model<S> model, String key, Limits limits) {
        this.model = model;
        this.key = key;
        this.limits = limits;
        this.deadline = System.nanoTime() + limits.time().toNanos();
    }

    String explain(List<Operation> operations) {
        List<Operation> small = withoutTheRest(untilBroken(operations));
        Search<S> search = new Search<>(model, small, limits.withTime(Duration.ofSeconds(2)), true);
        search.run();
        Search.Furthest<S> furthest = search.furthest();
        Set<Operation> explained = new HashSet<>(furthest.order());
        List<Operation> stuck = small.stream()
                .filter(operation -> !explained.contains(operation) && operation.isOk())
                .toList();
        return """
            %s is not linearizable as a %s. Smallest part found that shows it (%d of %d operations):
            %s
              An order exists for the first %d of them; the state is then %s,
              and none of these may come next:
            %s\
            """.formatted(
                        key,
                        model.name(),
                        small.size(),
                        operations.size(),
                        HistoryTable.of(small),
                        furthest.order().size(),
                        model.inWords(furthest.state()),
                        HistoryTable.lines(stuck, HistoryTable.startOf(small)));
    }

    /**
     * The shortest beginning, in real time, that is broken: what was running then is of unknown outcome.
     *
     * <p>A beginning of a linearizable history is linearizable, so halving finds it.
     */
    private List<Operation> untilBroken(List<Operation> operations) {
        long[] returns = operations.stream()
                .filter(Operation::isOk)
                .mapToLong(Operation::returnNanos)
                .sorted()
                .toArray();
        int low = 0;
        int high = returns.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isBroken(until(operations, returns[middle]))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return until(operations, returns[high]);
    }

    private static List<Operation> until(List<Operation> operations, long time) {
        List<Operation> beginning = new ArrayList<>();
        for (Operation operation : operations) {
            if (operation.callNanos() <= time) {
                beginning.add(
                        operation.isOk() && operation.returnNanos() > time
                                ? operation.asUnknown("still running")
                                : operation);
            }
        }
        return beginning;
    }

    /** Leaves out what the model allows, in halves, then quarters, down to single ones. */
    private List<Operation> withoutTheRest(List<Operation> operations) {
        List<Operation> telling = operations.stream()
                .filter(operation -> operation.isOk() || (operation.isUnknown() && !operation.isRead()))
                .toList();
        List<Operation> small = isBroken(telling) ? telling : operations;
        List<Set<Operation>> parts = new ArrayList<>(model.removable(small));
        for (int size = Math.max(1, parts.size() / 2); size >= 1; size /= 2) {
            for (int from = 0; from < parts.size() && !isLate(); ) {
                int to = Math.min(parts.size(), from + size);
                Set<Operation> gone = new HashSet<>();
                parts.subList(from, to).forEach(gone::addAll);
                List<Operation> fewer = small.stream()
                        .filter(operation -> !gone.contains(operation))
                        .toList();
                if (isBroken(fewer)) {
                    small = fewer;
                    parts.subList(from, to).clear();
                } else {
                    from = to;
                }
            }
        }
        return small;
    }

    private boolean isBroken(List<Operation> operations) {
        return !isLate() && new Search<>(model, operations, limits, false).run() == End.NONE;
    }

    private boolean isLate() {
        return System.nanoTime() - deadline > 0;
    }
}
