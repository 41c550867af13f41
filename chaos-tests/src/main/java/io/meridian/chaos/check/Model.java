// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Operation;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A sequential object: what a key does when it has one client.
 *
 * @param <S> its state, immutable, with equals and hashCode
 */
public interface Model<S> {
    String name();

    S initial();

    /**
     * The state after this operation, or empty where the operation cannot have had its result in this state.
     *
     * <p>An operation whose outcome is unknown has no result to contradict.
     */
    Optional<S> step(S state, Operation operation);

    /** The same model, quicker for this history by what all of it tells; allows exactly the same orders of it. */
    default Model<S> informedBy(List<Operation> operations) {
        return this;
    }

    /** Leaves out operations that can neither explain nor contradict anything; the default keeps all. */
    default List<Operation> relevant(List<Operation> operations) {
        return operations;
    }

    /**
     * Sets of operations that may be left out together without turning a linearizable history into one that is not.
     *
     * <p>Used to make an explanation small and still true. The default is each single read.
     */
    default List<Set<Operation>> removable(List<Operation> operations) {
        return operations.stream().filter(Operation::isRead).map(Set::of).toList();
    }

    /** The state for a person, in one line. */
    default String inWords(S state) {
        return state.toString();
    }
}
