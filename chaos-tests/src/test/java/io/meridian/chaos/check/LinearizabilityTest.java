// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private static Script register() {
        return new Script("r");
    }

    private static Script counter() {
        return new Script("c");
    }

    private static Script list() {
        return new Script("l");
    }

    private static void holds(Script script) {
        assertThat(script.linearizability()).isInstanceOf(Verdict.Holds.class);
    }

    private static String broken(Script script) {
        Verdict verdict = script.linearizability();
        assertThat(verdict).isInstanceOf(Verdict.Broken.class);
        return ((Verdict.Broken) verdict).explanation();
    }

    @Test
    void emptyHistoryHolds() {
        holds(register());
    }

    @Test
    void readOfTheLastWriteHolds() {
        holds(register().get(1, 0, 1, "nil").set(1, 2, 3, "a").get(2, 4, 5, "a"));
    }

    @Test
    void overlappingWritesMayTakeEffectInEitherOrder() {
        holds(register().set(1, 0, 10, "a").set(2, 0, 10, "b").get(3, 11, 12, "a"));
        holds(register().set(1, 0, 10, "a").set(2, 0, 10, "b").get(3, 11, 12, "b"));
    }

    @Test
    void readDuringAWriteMaySeeEitherValueButNotGoBack() {
        holds(register().set(1, 0, 10, "a").get(2, 1, 2, "nil").get(2, 3, 4, "a"));

        assertThat(broken(register().set(1, 0, 10, "a").get(2, 1, 2, "a").get(3, 3, 4, "nil")))
                .contains("get r -> nil");
    }

    @Test
    void callAtTheInstantOfAReturnOverlapsIt() {
        holds(register().set(1, 0, 5, "a").get(2, 5, 6, "nil"));
        broken(register().set(1, 0, 5, "a").get(2, 6, 7, "nil"));
    }

    @Test
    void staleReadIsBroken() {
        assertThat(broken(register().set(1, 0, 1, "a").set(1, 2, 3, "b").get(2, 4, 5, "a")))
                .contains("get r -> \"a\"", "set r \"b\"");
    }

    @Test
    void lostWriteIsBroken() {
        broken(register().set(1, 0, 1, "a").get(2, 2, 3, "nil"));
    }

    @Test
    void valueOfAFailedWriteIsBroken() {
        broken(register().fail(1, 0, 1, new Call.Set("a")).get(2, 2, 3, "a"));
        holds(register().fail(1, 0, 1, new Call.Set("a")).get(2, 2, 3, "nil"));
    }

    @Test
    void valueFromTheFutureIsBroken() {
        broken(register().get(1, 0, 1, "a").set(2, 2, 3, "a"));
    }

    @Test
    void twoClientsSeeingTwoWritesInDifferentOrdersIsBroken() {
        broken(register()
                .set(1, 0, 20, "a")
                .set(2, 0, 20, "b")
                .get(3, 1, 2, "a")
                .get(3, 3, 4, "b")
                .get(4, 5, 6, "a"));
    }

    @Test
    void unknownWriteMayTakeEffectAtOnceLateOrNever() {
        Call a = new Call.Set("a");

        holds(register().unknown(1, 0, a).get(2, 2, 3, "a"));
        holds(register().unknown(1, 0, a).get(2, 2, 3, "nil").get(2, 900, 901, "a"));
        holds(register().unknown(1, 0, a).get(2, 2, 3, "nil"));
        holds(register().unknown(1, 0, a).set(2, 2, 3, "b").get(2, 4, 5, "b").get(2, 6, 7, "a"));
    }

    @Test
    void unknownWriteTakesEffectOnlyOnce() {
        broken(register()
                .unknown(1, 0, new Call.Set("a"))
                .get(2, 2, 3, "a")
                .set(2, 4, 5, "b")
                .get(2, 6, 7, "b")
                .get(2, 8, 9, "a"));
    }

    @Test
    void unknownWriteTakesNoEffectBeforeItsCall() {
        broken(register().get(2, 0, 1, "a").unknown(1, 2, new Call.Set("a")));
    }

    @Test
    void compareAndSetFollowsTheValue() {
        holds(register().set(1, 0, 1, "a").cas(2, 2, 3, "a", "b", true).get(1, 4, 5, "b"));
        holds(register().set(1, 0, 1, "a").cas(2, 2, 3, "x", "b", false).get(1, 4, 5, "a"));
        broken(register().set(1, 0, 1, "a").cas(2, 2, 3, "a", "b", false));
        broken(register().set(1, 0, 1, "a").cas(2, 2, 9, "a", "b", true).cas(3, 2, 9, "a", "c", true));
    }

    @Test
    void unknownWriteNobodyReadMayExplainAFailedCompareAndSet() {
        holds(register().set(1, 0, 1, "a").unknown(2, 2, new Call.Set("x")).cas(3, 5, 6, "a", "b", false));
        broken(register().set(1, 0, 1, "a").cas(3, 5, 6, "a", "b", false).unknown(2, 8, new Call.Set("x")));
    }

    @Test
    void counterCountsEachIncrementOnce() {
        holds(counter().increment(1, 0, 5, 2).increment(2, 0, 5, 1).get(1, 6, 7, "2"));
        assertThat(broken(counter().increment(1, 0, 5, 1).increment(2, 0, 5, 1)))
                .contains("counter");
        broken(counter().increment(1, 0, 1, 1).increment(2, 2, 3, 3));
        broken(counter().increment(1, 0, 1, 2).increment(2, 2, 3, 1));
        broken(counter().increment(1, 0, 1, 1).get(2, 2, 3, "nil"));
    }

    @Test
    void unknownIncrementExplainsOneGapNotTwo() {
        Call increment = new Call.Increment();

        holds(counter().unknown(1, 0, increment).increment(2, 2, 3, 1).increment(2, 4, 5, 3));
        broken(counter().unknown(1, 0, increment).increment(2, 2, 3, 1).increment(2, 4, 5, 4));
        broken(counter().increment(2, 2, 3, 2).unknown(1, 4, increment));
    }

    @Test
    void listKeepsEachAppendInItsPlace() {
        holds(list().append(1, 0, 5, "a", 2).append(2, 0, 5, "b", 1).range(1, 6, 7, "b", "a"));
        broken(list().append(1, 0, 5, "a", 2).append(2, 0, 5, "b", 1).range(1, 6, 7, "a", "b"));
        broken(list().append(1, 0, 1, "a", 1).append(2, 2, 3, "b", 1));
        broken(list().append(1, 0, 1, "a", 1).range(1, 2, 3));
        broken(list().append(1, 0, 1, "a", 1).range(1, 2, 3, "a", "a"));
        broken(list().append(1, 0, 9, "a", 1).range(1, 2, 3, "a").range(2, 4, 5));
    }

    @Test
    void unknownAppendIsThereOnceOrNever() {
        Call x = new Call.Append("x");

        holds(list().unknown(1, 0, x).append(2, 2, 3, "a", 1).range(2, 4, 5, "a"));
        holds(list().unknown(1, 0, x).append(2, 2, 3, "a", 2).range(2, 4, 5, "x", "a"));
        holds(list().unknown(1, 0, x)
                .append(2, 2, 3, "a", 1)
                .range(2, 4, 5, "a")
                .range(2, 6, 7, "a", "x"));
        broken(list().unknown(1, 0, x).append(2, 2, 3, "a", 2).range(2, 4, 5, "x", "a", "x"));
    }

    @Test
    void keysAreCheckedApartAndEachBrokenOneIsNamed() {
        Script bad = new Script("bad").set(1, 0, 1, "a").get(1, 2, 3, "nil");
        Script worse = new Script("worse").increment(1, 0, 1, 7);
        Script good = new Script("good").set(1, 0, 1, "a").get(1, 2, 3, "a");

        assertThat(broken(good.and(bad).and(worse)))
                .contains("bad is not linearizable as a register", "worse is not linearizable as a counter")
                .doesNotContain("good");
    }

    @Test
    void readsAtOtherLevelsAreLeftAlone() {
        holds(register().set(1, 0, 1, "a").read(2, 2, 3, "nil", Level.SESSION).read(2, 4, 5, "nil", Level.EVENTUAL));
    }

    @Test
    void explanationLeavesOutWhatDoesNotMatter() {
        Script script = register();
        for (int i = 0; i < 200; i++) {
            script.set(1, 10 * i, 10 * i + 3, "v" + i).get(2, 10 * i + 4, 10 * i + 6, "v" + i);
        }
        script.get(3, 1504, 1506, "v17");

        String explanation = broken(script);

        assertThat(explanation).contains("v17", "of 401 operations").doesNotContain("v199");
        assertThat(explanation.lines().filter(line -> line.contains("..")).count())
                .isLessThanOrEqualTo(6);
    }

    @Test
    void manyWritesOfUnknownOutcomeDoNotMultiplyTheSearch() {
        Script script = counter();
        for (int i = 0; i < 60; i++) {
            script.unknown(i, 10 * i, new Call.Increment());
        }
        script.increment(99, 1000, 1001, 31).increment(99, 1002, 1003, 33);

        holds(script);
    }

    @Test
    void searchThatMeetsItsBoundIsUndecided() {
        Script script = register();
        for (int i = 0; i < 40; i++) {
            script.set(i, 0, 1000, "v" + i);
        }
        script.get(50, 1001, 1002, "v3").get(51, 1003, 1004, "v5");

        Verdict byMemory = Linearizability.check(script.operations(), new Limits(Duration.ofMinutes(1), 1_000));
        Verdict byTime = Linearizability.check(script.operations(), new Limits(Duration.ZERO, 10_000_000));

        assertThat(byMemory).isInstanceOf(Verdict.Undecided.class);
        assertThat(byTime).isInstanceOf(Verdict.Undecided.class);
        assertThat(((Verdict.Undecided) byMemory).reason()).contains("r (register): undecided after 42 operations");
    }
}
