// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for an order of one key's operations that respects real time and the model.
 *
 * <p>Wing and Gong's search with Lowe's memory of configurations (Testing for linearizability, 2017), on an explicit
 * stack. Operations of unknown outcome may be taken at any time after their call or never; they are tried last, and
 * equal ones only in call order, which keeps many of them from multiplying the search.
 *
 * @param <S> the model's state
 */
final class Search<S> {
    enum End {
        FOUND,
        NONE,
        GAVE_UP
    }

    /** One operation taken: where it stands, what the state was before, where to go on after taking it back. */
    private record Taken<S>(int event, int unknown, S before) {}

    /** How far the search came at best: the operations in the order taken, and the state after them. */
    record Furthest<S>(List<Operation> order, S state) {}

    /** How many steps pass between two looks at the clock. */
    private static final int STEPS_PER_LOOK = 1024;

    private final Model<S> model;
    private final Limits limits;
    private final List<Operation> definite;
    private final List<Operation> unknown;
    private final int[] twinOfUnknown;

    /** Calls and returns of definite operations by time: operation number, or its complement for the return. */
    private final int[] events;

    private final int[] eventOfCall;
    private final int[] eventOfReturn;
    private final int[] next;
    private final int[] previous;

    private final BitSet takenDefinite = new BitSet();
    private final BitSet takenUnknown = new BitSet();
    private final Deque<Taken<S>> stack = new ArrayDeque<>();
    private final Set<Configuration> seen = new HashSet<>();
    private final boolean keepsFurthest;
    private Furthest<S> furthest;
    private int furthestDefinite;
    private int definiteTaken;

    /**
     * Prepares a search; failed operations and reads of unknown outcome are left out, for they say nothing.
     *
     * @param keepsFurthest whether {@link #furthest} is wanted, which makes the search slower: it takes each operation
     *     that its own reply allows
     */
    Search(Model<S> general, List<Operation> operations, Limits limits, boolean keepsFurthest) {
        this.limits = limits;
        this.keepsFurthest = keepsFurthest;
        this.model = keepsFurthest ? general : general.informedBy(operations);
        Comparator<Operation> byCall = Comparator.comparingLong(Operation::callNanos);
        List<Operation> telling = model.relevant(operations.stream()
                .filter(operation -> operation.isOk() || (operation.isUnknown() && !operation.isRead()))
                .toList());
        this.definite = telling.stream().filter(Operation::isOk).sorted(byCall).toList();
        this.unknown =
                telling.stream().filter(Operation::isUnknown).sorted(byCall).toList();
        this.twinOfUnknown = twins(unknown);
        int count = definite.size();
        this.events = new int[2 * count];
        this.eventOfCall = new int[count];
        this.eventOfReturn = new int[count];
        // A list through the events, with one more place at each end; event e stands at e + 1.
        this.next = new int[2 * count + 2];
        this.previous = new int[2 * count + 2];
        orderEvents();
        this.furthest = new Furthest<>(List.of(), model.initial());
    }

    Furthest<S> furthest() {
        return furthest;
    }

    int configurations() {
        return seen.size();
    }

    End run() {
        long deadline = System.nanoTime() + limits.time().toNanos();
        S state = model.initial();
        int place = next[0];
        int unknownFrom = 0;
        long steps = 0;
        while (definiteTaken < definite.size()) {
            if (++steps % STEPS_PER_LOOK == 0 && System.nanoTime() - deadline > 0) {
                return End.GAVE_UP;
            }
            if (seen.size() >= limits.configurations()) {
                return End.GAVE_UP;
            }
            int operation = events[place - 1];
            if (operation >= 0) {
                Optional<S> after = tryDefinite(operation, state);
                if (after.isPresent()) {
                    stack.push(new Taken<>(place, -1, state));
                    state = after.get();
                    lift(operation);
                    place = next[0];
                    unknownFrom = 0;
                    remember(state);
                } else {
                    place = next[place];
                }
                continue;
            }
            // A return: what is called later must come after it. Only the unknown ones called before are left to try.
            long bound = definite.get(~operation).returnNanos();
            int candidate = nextUnknown(unknownFrom, bound);
            if (candidate < 0) {
                if (stack.isEmpty()) {
                    return End.NONE;
                }
                Taken<S> back = stack.pop();
                state = back.before();
                if (back.unknown() < 0) {
                    unlift(events[back.event() - 1]);
                    place = next[back.event()];
                    unknownFrom = 0;
                } else {
                    takenUnknown.clear(back.unknown());
                    place = back.event();
                    unknownFrom = back.unknown() + 1;
                }
                continue;
            }
            Optional<S> after = tryUnknown(candidate, state);
            if (after.isPresent()) {
                stack.push(new Taken<>(place, candidate, state));
                state = after.get();
                place = next[0];
                unknownFrom = 0;
            } else {
                unknownFrom = candidate + 1;
            }
        }
        return End.FOUND;
    }

    /** Takes it where the model allows and nobody has been there; the events are not changed yet. */
    private Optional<S> tryDefinite(int operation, S state) {
        Optional<S> after = model.step(state, definite.get(operation));
        if (after.isPresent()) {
            takenDefinite.set(operation);
            if (!seen.add(new Configuration(takenDefinite, takenUnknown, after.get()))) {
                takenDefinite.clear(operation);
                return Optional.empty();
            }
        }
        return after;
    }

    private Optional<S> tryUnknown(int operation, S state) {
        Optional<S> after = model.step(state, unknown.get(operation));
        if (after.isPresent()) {
            takenUnknown.set(operation);
            if (!seen.add(new Configuration(takenDefinite, takenUnknown, after.get()))) {
                takenUnknown.clear(operation);
                return Optional.empty();
            }
        }
        return after;
    }

    /** The first from there on that is not taken, was called by then, and has no equal one before it left; or -1. */
    private int nextUnknown(int from, long bound) {
        for (int i = takenUnknown.nextClearBit(from); i < unknown.size(); i = takenUnknown.nextClearBit(i + 1)) {
            if (unknown.get(i).callNanos() > bound) {
                return -1;
            }
            if (twinOfUnknown[i] < 0 || takenUnknown.get(twinOfUnknown[i])) {
                return i;
            }
        }
        return -1;
    }

    private void remember(S state) {
        if (keepsFurthest && definiteTaken > furthestDefinite) {
            furthestDefinite = definiteTaken;
            List<Operation> order = new ArrayList<>(stack.size());
            stack.descendingIterator()
                    .forEachRemaining(taken -> order.add(
                            taken.unknown() < 0
                                    ? definite.get(events[taken.event() - 1])
                                    : unknown.get(taken.unknown())));
            furthest = new Furthest<>(order, state);
        }
    }

    private void lift(int operation) {
        definiteTaken++;
        unlink(eventOfCall[operation] + 1);
        unlink(eventOfReturn[operation] + 1);
    }

    private void unlift(int operation) {
        definiteTaken--;
        takenDefinite.clear(operation);
        relink(eventOfReturn[operation] + 1);
        relink(eventOfCall[operation] + 1);
    }

    private void unlink(int place) {
        next[previous[place]] = next[place];
        previous[next[place]] = previous[place];
    }

    private void relink(int place) {
        next[previous[place]] = place;
        previous[next[place]] = place;
    }

    private void orderEvents() {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < definite.size(); i++) {
            order.add(i);
            order.add(~i);
        }
        // At the same instant a call comes before a return: such operations overlap.
        order.sort(Comparator.<Integer>comparingLong(this::timeOf).thenComparing(event -> event < 0));
        for (int e = 0; e < events.length; e++) {
            events[e] = order.get(e);
            if (events[e] >= 0) {
                eventOfCall[events[e]] = e;
            } else {
                eventOfReturn[~events[e]] = e;
            }
        }
        for (int place = 0; place < next.length; place++) {
            next[place] = Math.min(place + 1, next.length - 1);
            previous[place] = Math.max(place - 1, 0);
        }
    }

    private long timeOf(int event) {
        return event >= 0
                ? definite.get(event).callNanos()
                : definite.get(~event).returnNanos();
    }

    /** For each, the one before it that makes the same call, else -1. */
    private static int[] twins(List<Operation> operations) {
        int[] twins = new int[operations.size()];
        for (int i = 0; i < twins.length; i++) {
            twins[i] = -1;
            Call call = operations.get(i).call();
            for (int j = i - 1; j >= 0 && twins[i] < 0; j--) {
                if (operations.get(j).call().equals(call)) {
                    twins[i] = j;
                }
            }
        }
        return twins;
    }
}
