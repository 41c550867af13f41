// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Result;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A string that is overwritten, read, and compared and set. */
public final class RegisterModel implements Model<Result> {

    @Override
    public String name() {
        return "register";
    }

    @Override
    public Result initial() {
        return Result.NIL;
    }

    @Override
    public Optional<Result> step(Result state, Operation operation) {
        return switch (operation.call()) {
            case Call.Set set -> Optional.of(new Result.Text(set.value()));
            case Call.Get _ ->
                operation.isUnknown() || operation.result().equals(state) ? Optional.of(state) : Optional.empty();
            case Call.CompareAndSet cas -> compareAndSet(state, cas, operation);
            case Call.Increment _, Call.Append _, Call.ReadList _ ->
                throw new IllegalArgumentException("not on a register: " + operation.inWords());
        };
    }

    private static Optional<Result> compareAndSet(Result state, Call.CompareAndSet cas, Operation operation) {
        boolean matches = state.equals(new Result.Text(cas.expected()));
        boolean legal = operation.isUnknown() || operation.result().equals(new Result.Count(matches ? 1 : 0));
        if (!legal) {
            return Optional.empty();
        }
        return Optional.of(matches ? new Result.Text(cas.value()) : state);
    }

    /**
     * Leaves out each write of unknown outcome whose value nobody saw: it can always have come last.
     *
     * <p>Not where a compare and set is about: one that failed could be explained by such a write.
     */
    @Override
    public List<Operation> relevant(List<Operation> operations) {
        if (comparesAndSets(operations)) {
            return operations;
        }
        Set<Result> seen = new HashSet<>();
        operations.stream().filter(Operation::isOk).filter(Operation::isRead).forEach(read -> seen.add(read.result()));
        return operations.stream()
                .filter(operation -> !(operation.isUnknown()
                        && operation.call() instanceof Call.Set set
                        && !seen.contains(new Result.Text(set.value()))))
                .toList();
    }

    /** Single reads; and where nothing compares and sets, all writes and reads of one value. */
    @Override
    public List<Set<Operation>> removable(List<Operation> operations) {
        Stream<Set<Operation>> reads =
                operations.stream().filter(Operation::isRead).map(Set::of);
        if (comparesAndSets(operations)) {
            return reads.toList();
        }
        Map<Result, Set<Operation>> byValue = new LinkedHashMap<>();
        Map<Result, Boolean> written = new HashMap<>();
        for (Operation operation : operations) {
            boolean isSet = operation.call() instanceof Call.Set;
            Result value = operation.call() instanceof Call.Set set ? new Result.Text(set.value()) : operation.result();
            byValue.computeIfAbsent(value, _ -> new LinkedHashSet<>()).add(operation);
            written.merge(value, isSet, Boolean::logicalOr);
        }
        Stream<Set<Operation>> values = byValue.entrySet().stream()
                .filter(entry -> written.getOrDefault(entry.getKey(), false))
                .map(Map.Entry::getValue);
        return Stream.concat(values, reads).toList();
    }

    @Override
    public String inWords(Result state) {
        return state instanceof Result.Text text ? '"' + text.value() + '"' : "nil";
    }

    private static boolean comparesAndSets(List<Operation> operations) {
        return operations.stream().anyMatch(operation -> operation.call() instanceof Call.CompareAndSet);
    }
}
