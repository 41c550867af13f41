// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Result;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checkers against histories that are good by construction, bad by construction, or judged by trying all. */
class RandomHistoryTest {
    private static final int SEEDS = 200;

    /** Another run: {@code -Dseed=123}. */
    private static final long FIRST_SEED = Long.getLong("seed", 1);

    private static Verdict linearizability(List<Operation> operations) {
        return Linearizability.check(operations, Limits.USUAL);
    }

    @ParameterizedTest
    @EnumSource(RandomHistory.Kind.class)
    void everyGoodHistoryHolds(RandomHistory.Kind kind) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            List<Operation> good = new RandomHistory(seed, kind, 6, 0.08, 0.3).operations(150);

            assertThat(linearizability(good)).as("seed " + seed).isInstanceOf(Verdict.Holds.class);
            assertThat(SessionGuarantees.check(good)).as("seed " + seed).isInstanceOf(Verdict.Holds.class);
        }
    }

    @ParameterizedTest
    @EnumSource(RandomHistory.Kind.class)
    void longHistoryWithManyUnknownOutcomesIsDecided(RandomHistory.Kind kind) {
        List<Operation> good = new RandomHistory(FIRST_SEED, kind, 12, 0.05, 0).operations(3_000);

        assertThat(good.stream().filter(Operation::isUnknown)).hasSizeGreaterThan(50);
        assertThat(linearizability(good)).as("seed " + FIRST_SEED).isInstanceOf(Verdict.Holds.class);
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void everyDamageIsFound(Damage damage) {
        int damaged = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            double unknownRate = damage == Damage.INCREMENT_APPLIED_TWICE ? -1 : 0.05;
            List<Operation> good = new RandomHistory(seed, damage.kind(), 4, unknownRate, 0).operations(60);
            if (damage == Damage.INCREMENT_APPLIED_TWICE) {
                good = good.stream().filter(Operation::isOk).toList();
            }
            Optional<List<Operation>> bad = damage.to(good, new Random(seed));
            if (bad.isPresent()) {
                damaged++;
                assertThat(linearizability(bad.get()))
                        .as(damage + ", seed " + seed)
                        .isInstanceOf(Verdict.Broken.class);
            }
        }
        assertThat(damaged).as("histories damaged by " + damage).isGreaterThan(SEEDS / 2);
    }

    @ParameterizedTest
    @EnumSource(RandomHistory.Kind.class)
    void sessionThatReadsBackwardsIsFound(RandomHistory.Kind kind) {
        int damaged = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            List<Operation> good = new RandomHistory(seed, kind, 4, 0.05, 0.9).operations(60);
            Optional<List<Operation>> bad = readingBackwards(good);
            if (bad.isPresent()) {
                damaged++;
                assertThat(SessionGuarantees.check(bad.get()))
                        .as("seed " + seed)
                        .isInstanceOf(Verdict.Broken.class);
            }
        }
        assertThat(damaged).isGreaterThan(SEEDS / 2);
    }

    /** Lets a session read nothing where it had read or written something before. */
    private static Optional<List<Operation>> readingBackwards(List<Operation> good) {
        for (Operation before : good) {
            for (Operation after : good) {
                boolean tells = before.isOk() && !before.result().equals(nothing(before.call()));
                if (tells
                        && after.isOk()
                        && after.isRead()
                        && after.process() == before.process()
                        && before.precedes(after)
                        && after.level() == Level.SESSION) {
                    return Optional.of(good.stream()
                            .map(operation ->
                                    operation.equals(after) ? after.withResult(nothing(after.call())) : operation)
                            .toList());
                }
            }
        }
        return Optional.empty();
    }

    private static Result nothing(Call call) {
        return call instanceof Call.ReadList ? new Result.Elements(List.of()) : Result.NIL;
    }

    @Test
    void smallHistoriesAreJudgedAsByTryingEveryOrder() {
        int good = 0;
        int bad = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 6_000; seed++) {
            List<Operation> operations = anything(new Random(seed));
            boolean expected = hasOrder(operations);
            Verdict verdict = linearizability(operations);
            assertThat(verdict.isBroken())
                    .as("seed " + seed + "\n" + HistoryTable.of(operations))
                    .isEqualTo(!expected);
            good += expected ? 1 : 0;
            bad += expected ? 0 : 1;
        }
        assertThat(good).isGreaterThan(500);
        assertThat(bad).isGreaterThan(500);
    }

    /** Seven operations on a register with whatever results: mostly nonsense, sometimes not. */
    private static List<Operation> anything(Random random) {
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            long called = random.nextInt(30);
            long returned = called + random.nextInt(12);
            Outcome outcome = random.nextInt(4) == 0 ? Outcome.UNKNOWN : Outcome.OK;
            Call call =
                    switch (random.nextInt(5)) {
                        case 0, 1 -> new Call.Set(value(random));
                        case 2 -> new Call.CompareAndSet(value(random), value(random));
                        default -> new Call.Get();
                    };
            Result result =
                    switch (call) {
                        case Call.CompareAndSet _ -> new Result.Count(random.nextInt(2));
                        case Call.Get _ -> random.nextInt(6) == 0 ? Result.NIL : new Result.Text(value(random));
                        default -> Result.DONE;
                    };
            operations.add(new Operation(
                    i,
                    "s" + i,
                    call,
                    "k",
                    outcome == Outcome.OK ? result : new Result.Failure("gone"),
                    called,
                    returned,
                    outcome,
                    new Place("us", "node"),
                    Level.LINEARIZABLE,
                    0));
        }
        operations.sort(Comparator.comparingLong(Operation::callNanos));
        return operations;
    }

    private static String value(Random random) {
        return random.nextBoolean() ? "a" : "b";
    }

    private static boolean hasOrder(List<Operation> operations) {
        return hasOrder(operations, new BitSet(), Result.NIL);
    }

    /** Straight from the definition: any operation not preceded by one that is left may be next. */
    private static boolean hasOrder(List<Operation> operations, BitSet taken, Result state) {
        boolean done = true;
        for (int i = 0; i < operations.size(); i++) {
            done &= taken.get(i) || operations.get(i).isUnknown();
        }
        if (done) {
            return true;
        }
        for (int i = taken.nextClearBit(0); i < operations.size(); i = taken.nextClearBit(i + 1)) {
            Operation next = operations.get(i);
            boolean free = true;
            for (int j = 0; j < operations.size(); j++) {
                free &= taken.get(j) || !operations.get(j).precedes(next);
            }
            Optional<Result> after = free ? new RegisterModel().step(state, next) : Optional.empty();
            if (after.isPresent()) {
                taken.set(i);
                boolean found = hasOrder(operations, taken, after.get());
                taken.clear(i);
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }
}
