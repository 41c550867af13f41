// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Result;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** A list that only grows at its end, tells its new length, and is read as a whole. */
public final class ListModel implements Model<Chain> {
    private final List<String> longest;

    public ListModel() {
        this(List.of());
    }

    private ListModel(List<String> longest) {
        this.longest = longest;
    }

    /**
     * Remembers the longest list that was read.
     *
     * <p>In each order that explains that read the list before it was a prefix of it. So an append at a place that it
     * shows can only be the one of the element shown, and appends of unknown outcome need not be guessed there.
     */
    @Override
    public Model<Chain> informedBy(List<Operation> operations) {
        List<String> found = operations.stream()
                .filter(Operation::isOk)
                .flatMap(operation -> elementsOf(operation.result()).stream())
                .max(Comparator.comparingInt(List::size))
                .orElse(List.of());
        return new ListModel(found);
    }

    @Override
    public String name() {
        return "list";
    }

    @Override
    public Chain initial() {
        return Chain.EMPTY;
    }

    @Override
    public Optional<Chain> step(Chain state, Operation operation) {
        return switch (operation.call()) {
            case Call.Append append -> {
                int at = state.length();
                boolean answered = operation.isUnknown() || operation.result().equals(new Result.Count(at + 1L));
                boolean shown = at >= longest.size() || longest.get(at).equals(append.element());
                yield answered && shown ? Optional.of(state.plus(append.element())) : Optional.empty();
            }
            case Call.ReadList _ ->
                operation.isUnknown() || shows(operation.result(), state) ? Optional.of(state) : Optional.empty();
            case Call.Set _, Call.Get _, Call.CompareAndSet _, Call.Increment _ ->
                throw new IllegalArgumentException("not on a list: " + operation.inWords());
        };
    }

    private static boolean shows(Result result, Chain state) {
        return state.holds(elementsOf(result).orElse(List.of()));
    }

    private static Optional<List<String>> elementsOf(Result result) {
        return result instanceof Result.Elements elements ? Optional.of(elements.values()) : Optional.empty();
    }
}
