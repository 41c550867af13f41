// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One way in which a store can break its promise, done to a good history so that it is certainly bad. */
enum Damage {
    STALE_READ(RandomHistory.Kind.REGISTER),
    READ_OF_NOTHING_AFTER_A_WRITE(RandomHistory.Kind.REGISTER),
    VALUE_OF_A_FAILED_WRITE(RandomHistory.Kind.REGISTER),
    VALUE_FROM_THE_FUTURE(RandomHistory.Kind.REGISTER),
    COUNT_GIVEN_TWICE(RandomHistory.Kind.COUNTER),
    INCREMENT_APPLIED_TWICE(RandomHistory.Kind.COUNTER),
    INCREMENT_LOST(RandomHistory.Kind.COUNTER),
    STALE_COUNT(RandomHistory.Kind.COUNTER),
    APPEND_LOST(RandomHistory.Kind.LIST),
    APPEND_DOUBLED(RandomHistory.Kind.LIST),
    APPENDS_SWAPPED(RandomHistory.Kind.LIST),
    STALE_LIST(RandomHistory.Kind.LIST);

    private final RandomHistory.Kind kind;

    Damage(RandomHistory.Kind kind) {
        this.kind = kind;
    }

    RandomHistory.Kind kind() {
        return kind;
    }

    /** The history with this done to it once; empty where it has no place for it. */
    Optional<List<Operation>> to(List<Operation> good, Random random) {
        return switch (this) {
            case STALE_READ -> staleRead(good, random);
            case READ_OF_NOTHING_AFTER_A_WRITE -> lostRegister(good, random);
            case VALUE_OF_A_FAILED_WRITE -> failedValue(good, random);
            case VALUE_FROM_THE_FUTURE -> futureValue(good, random);
            case COUNT_GIVEN_TWICE -> countGivenTwice(good, random);
            case INCREMENT_APPLIED_TWICE -> appliedTwice(good, random);
            case INCREMENT_LOST -> incrementLost(good, random);
            case STALE_COUNT -> staleCount(good, random);
            case APPEND_LOST -> appendLost(good, random);
            case APPEND_DOUBLED -> appendDoubled(good, random);
            case APPENDS_SWAPPED -> appendsSwapped(good, random);
            case STALE_LIST -> staleList(good, random);
        };
    }

    private static Optional<List<Operation>> staleRead(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            for (Operation newer : good) {
                for (Operation older : good) {
                    if (isSet(newer) && isSet(older) && older.precedes(newer) && newer.precedes(read)) {
                        return replaced(good, read, new Result.Text(((Call.Set) older.call()).value()));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> lostRegister(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            if (good.stream().anyMatch(write -> isSet(write) && write.precedes(read))) {
                return replaced(good, read, Result.NIL);
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> failedValue(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            for (Operation write : good) {
                if (!write.isOk()
                        && !write.isUnknown()
                        && write.call() instanceof Call.Set set
                        && write.precedes(read)) {
                    return replaced(good, read, new Result.Text(set.value()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> futureValue(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            for (Operation write : good) {
                if (write.call() instanceof Call.Set set && read.precedes(write)) {
                    return replaced(good, read, new Result.Text(set.value()));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> countGivenTwice(List<Operation> good, Random random) {
        List<Operation> increments = shuffled(good, random, false);
        return increments.size() < 2
                ? Optional.empty()
                : replaced(good, increments.get(0), increments.get(1).result());
    }

    /** From some count on, all is one higher; certain only where nothing unknown could explain it. */
    private static Optional<List<Operation>> appliedTwice(List<Operation> good, Random random) {
        List<Operation> known = good.stream().filter(Operation::isOk).toList();
        if (known.size() < good.size() || shuffled(good, random, false).isEmpty()) {
            return Optional.empty();
        }
        long from = 1L + random.nextInt(shuffled(good, random, false).size());
        return Optional.of(known.stream()
                .map(operation -> operation.withResult(
                        switch (operation.result()) {
                            case Result.Count count when count.value() >= from -> new Result.Count(count.value() + 1);
                            case Result.Text text
                            when Long.parseLong(text.value()) >= from ->
                                new Result.Text(Long.toString(Long.parseLong(text.value()) + 1));
                            default -> operation.result();
                        }))
                .toList());
    }

    /** All later counts are one lower, so that two increments were given the same. */
    private static Optional<List<Operation>> incrementLost(List<Operation> good, Random random) {
        List<Operation> increments = shuffled(good, random, false);
        if (increments.size() < 2 || !(increments.getFirst().result() instanceof Result.Count lost)) {
            return Optional.empty();
        }
        boolean last =
                increments.stream().noneMatch(other -> other.result().equals(new Result.Count(lost.value() + 1)));
        return last
                ? Optional.empty()
                : Optional.of(good.stream()
                        .map(operation ->
                                operation.result() instanceof Result.Count count && count.value() > lost.value()
                                        ? operation.withResult(new Result.Count(count.value() - 1))
                                        : operation)
                        .toList());
    }

    private static Optional<List<Operation>> staleCount(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            for (Operation increment : good) {
                if (increment.result() instanceof Result.Count count && increment.precedes(read)) {
                    long stale = count.value() - 1;
                    return replaced(good, read, stale == 0 ? Result.NIL : new Result.Text(Long.toString(stale)));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> appendLost(List<Operation> good, Random random) {
        for (Operation append : shuffled(good, random, false)) {
            if (good.stream().anyMatch(read -> read.isRead() && read.isOk() && append.precedes(read))) {
                String lost = ((Call.Append) append.call()).element();
                return Optional.of(good.stream()
                        .map(operation -> operation.result() instanceof Result.Elements elements
                                ? operation.withResult(new Result.Elements(elements.values().stream()
                                        .filter(element -> !element.equals(lost))
                                        .toList()))
                                : operation)
                        .toList());
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> appendDoubled(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            List<String> values = new ArrayList<>(elements(read));
            if (!values.isEmpty()) {
                values.add(values.get(random.nextInt(values.size())));
                return replaced(good, read, new Result.Elements(values));
            }
        }
        return Optional.empty();
    }

    /** Two neighbours in one read, of which at least one was told its place. */
    private static Optional<List<Operation>> appendsSwapped(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            List<String> values = new ArrayList<>(elements(read));
            for (int i = 0; i + 1 < values.size(); i++) {
                Call moved = new Call.Append(values.get(i));
                if (good.stream()
                        .anyMatch(append -> append.isOk() && append.call().equals(moved))) {
                    Collections.swap(values, i, i + 1);
                    return replaced(good, read, new Result.Elements(values));
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<List<Operation>> staleList(List<Operation> good, Random random) {
        for (Operation read : shuffled(good, random, true)) {
            for (Operation append : good) {
                if (append.result() instanceof Result.Count length && append.precedes(read)) {
                    List<String> values = elements(read).subList(0, (int) length.value() - 1);
                    return replaced(good, read, new Result.Elements(values));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> elements(Operation read) {
        return ((Result.Elements) read.result()).values();
    }

    private static boolean isSet(Operation operation) {
        return operation.isOk() && operation.call() instanceof Call.Set;
    }

    private static List<Operation> shuffled(List<Operation> good, Random random, boolean reads) {
        List<Operation> some = new ArrayList<>(good.stream()
                .filter(operation -> operation.isOk() && operation.isRead() == reads)
                .toList());
        Collections.shuffle(some, random);
        return some;
    }

    private static Optional<List<Operation>> replaced(List<Operation> good, Operation one, Result result) {
        return Optional.of(good.stream()
                .map(operation -> operation.equals(one) ? one.withResult(result) : operation)
                .toList());
    }
}
