// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Makes histories that keep every promise: a perfect store, seen through clients that overlap and lose replies.
 *
 * <p>Each operation takes effect at one instant between call and return; one of unknown outcome perhaps much later or
 * never. Session reads show any past state above the session's floor.
 */
final class RandomHistory {
    /** What the key is. */
    enum Kind {
        REGISTER,
        COUNTER,
        LIST
    }

    private record Draft(
            int process, Call call, long called, long point, long returned, Outcome outcome, Level level) {}

    private static final long NEVER = Long.MAX_VALUE;

    private final Random random;
    private final Kind kind;
    private final int processes;
    private final double unknownRate;
    private final double sessionRate;

    RandomHistory(long seed, Kind kind, int processes, double unknownRate, double sessionRate) {
        this.random = new Random(seed);
        this.kind = kind;
        this.processes = processes;
        this.unknownRate = unknownRate;
        this.sessionRate = sessionRate;
    }

    List<Operation> operations(int count) {
        List<Draft> drafts = new ArrayList<>();
        long[] free = new long[processes];
        for (int i = 0; i < count; i++) {
            int process = random.nextInt(processes);
            long called = free[process] + 1 + random.nextInt(50);
            long returned = called + 1 + random.nextInt(100);
            free[process] = returned;
            drafts.add(draft(process, call(i), called, returned));
        }
        drafts.sort(Comparator.comparingLong(Draft::point));
        return execute(drafts);
    }

    private Draft draft(int process, Call call, long called, long returned) {
        Level level = call.isRead() && random.nextDouble() < sessionRate ? Level.SESSION : Level.LINEARIZABLE;
        long point = called + random.nextInt((int) (returned - called) + 1);
        double fate = random.nextDouble();
        if (fate < unknownRate && level == Level.LINEARIZABLE) {
            long late = called + random.nextInt(1_000);
            return new Draft(
                    process, call, called, random.nextBoolean() ? late : NEVER, returned, Outcome.UNKNOWN, level);
        }
        return fate > 0.95
                ? new Draft(process, call, called, NEVER, returned, Outcome.FAIL, level)
                : new Draft(process, call, called, point, returned, Outcome.OK, level);
    }

    private Call call(int i) {
        boolean read = random.nextInt(100) < 50;
        return switch (kind) {
            case REGISTER -> read ? new Call.Get() : new Call.Set("v" + i);
            case COUNTER -> read ? new Call.Get() : new Call.Increment();
            case LIST -> read ? new Call.ReadList() : new Call.Append("e" + i);
        };
    }

    private List<Operation> execute(List<Draft> drafts) {
        List<Result> states = new ArrayList<>(List.of(kind == Kind.LIST ? new Result.Elements(List.of()) : Result.NIL));
        Map<Integer, Integer> floors = new HashMap<>();
        List<Operation> operations = new ArrayList<>();
        for (Draft draft : drafts) {
            Result result = new Result.Failure("no reply");
            if (draft.point() != NEVER) {
                int floor = floors.getOrDefault(draft.process(), 0);
                int newest = states.size() - 1;
                int shown = draft.level() == Level.SESSION ? floor + random.nextInt(newest - floor + 1) : newest;
                Result reply = apply(draft.call(), states, shown);
                if (draft.outcome() == Outcome.OK) {
                    result = reply;
                    floors.put(draft.process(), draft.call().isRead() ? Math.max(floor, shown) : states.size() - 1);
                }
            }
            operations.add(operation(draft, result));
        }
        operations.sort(Comparator.comparingLong(Operation::callNanos));
        return operations;
    }

    private static Result apply(Call call, List<Result> states, int shown) {
        return switch (call) {
            case Call.Set set -> {
                states.add(new Result.Text(set.value()));
                yield Result.DONE;
            }
            case Call.Increment _ -> {
                states.add(new Result.Text(Integer.toString(states.size())));
                yield new Result.Count(states.size() - 1);
            }
            case Call.Append append -> {
                List<String> longer = new ArrayList<>(((Result.Elements) states.getLast()).values());
                longer.add(append.element());
                states.add(new Result.Elements(longer));
                yield new Result.Count(longer.size());
            }
            case Call.Get _, Call.ReadList _ -> states.get(shown);
            case Call.CompareAndSet _ -> throw new IllegalStateException("not made here");
        };
    }

    private static Operation operation(Draft draft, Result result) {
        return new Operation(
                draft.process(),
                "s" + draft.process(),
                draft.call(),
                "k",
                result,
                draft.called(),
                draft.returned(),
                draft.outcome(),
                new Place("us", "node-" + draft.process() % 3),
                draft.level(),
                0);
    }
}
