// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Operation;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A few operations as text, by call time, with times in milliseconds since the first. */
final class HistoryTable {
    /** More lines than this nobody reads; the last ones matter. */
    private static final int LINES_MAX = 16;

    private HistoryTable() {}

    static String of(List<Operation> operations) {
        return "  %20s  %-9s %-8s %-14s %-13s %s%n%s"
                .formatted(
                        "called..returned ms",
                        "process",
                        "session",
                        "node",
                        "level",
                        "what",
                        lines(operations, startOf(operations)))
                .replace("\r\n", "\n");
    }

    static long startOf(List<Operation> operations) {
        return operations.stream().mapToLong(Operation::callNanos).min().orElse(0);
    }

    /** Without the heading; times count from the given one. */
    static String lines(List<Operation> operations, long start) {
        List<Operation> sorted = operations.stream()
                .sorted(Comparator.comparingLong(Operation::callNanos))
                .toList();
        int hidden = Math.max(0, sorted.size() - LINES_MAX);
        StringBuilder text = new StringBuilder();
        if (hidden > 0) {
            text.append("  (").append(hidden).append(" earlier operations not shown)\n");
        }
        for (Operation operation : sorted.subList(hidden, sorted.size())) {
            if (text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
                text.append('\n');
            }
            text.append(line(operation, start));
        }
        return text.toString();
    }

    static String line(Operation operation, long start) {
        String end = operation.isUnknown() ? "?" : millis(operation.returnNanos() - start);
        return "  %9s..%-9s  p%-8d %-8s %-14s %-13s %s"
                .formatted(
                        millis(operation.callNanos() - start),
                        end,
                        operation.process(),
                        operation.session(),
                        operation.place().node(),
                        operation.level().name().toLowerCase(Locale.ROOT),
                        operation.inWords());
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
    }
}
