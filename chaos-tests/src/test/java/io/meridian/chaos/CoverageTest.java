// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.cluster.ClusterLayout;
import io.meridian.chaos.fault.Fault;
import io.meridian.chaos.fault.Faults;
import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CoverageTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Set<Fault.Target> EVERYBODY = EnumSet.allOf(Fault.Target.class);

    private final List<Operation> history = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    private void reads(int count, Level level) {
        for (int i = 0; i < count; i++) {
            history.add(new Operation(
                    1, "s", new Call.Get(), "k", Result.NIL, i, i, Outcome.OK, new Place("us", "us-1"), level, 0));
        }
    }

    private void fault(Fault.Kind kind, Fault.Target target) {
        faults.add(new Fault(kind, target, "us-1", 0, Duration.ZERO));
    }

    private void enough() {
        reads(300, Level.SESSION);
        reads(300, Level.LINEARIZABLE);
        fault(Fault.Kind.KILL, Fault.Target.LEADER);
        fault(Fault.Kind.PAUSE, Fault.Target.FOLLOWER);
        fault(Fault.Kind.KILL, Fault.Target.LEARNER);
    }

    @Test
    void enoughOfEverythingHolds() {
        enough();

        assertThat(Coverage.check(LONG, EVERYBODY, history, faults)).isInstanceOf(Verdict.Holds.class);
    }

    @Test
    void aTargetThatWasNeverHitIsMissing() {
        enough();
        faults.removeIf(fault -> fault.target() == Fault.Target.LEARNER);
        fault(Fault.Kind.KILL, Fault.Target.LEADER);

        assertMissing("a fault of a LEARNER");
        assertThat(Coverage.check(LONG.minusSeconds(1), EVERYBODY, history, faults))
                .isInstanceOf(Verdict.Holds.class);
    }

    @Test
    void aTargetThatThereIsNotIsNotMissing() {
        enough();
        faults.removeIf(fault -> fault.target() == Fault.Target.LEARNER);
        fault(Fault.Kind.KILL, Fault.Target.LEADER);

        assertThat(Coverage.check(LONG, Faults.targets(ClusterLayout.of(3, 0)), history, faults))
                .isInstanceOf(Verdict.Holds.class);
        assertThat(Faults.targets(ClusterLayout.of(1, 1))).containsOnly(Fault.Target.LEARNER);
    }

    @Test
    void aKindThatWasNeverDoneIsMissing() {
        enough();
        faults.clear();
        for (Fault.Target target : Fault.Target.values()) {
            fault(Fault.Kind.KILL, target);
        }

        assertMissing("a PAUSE");
    }

    @Test
    void aLeaderMustHaveBeenKilled() {
        enough();
        faults.removeIf(fault -> fault.target() == Fault.Target.LEADER);
        fault(Fault.Kind.PAUSE, Fault.Target.LEADER);

        assertMissing("a KILL of a LEADER");
    }

    @Test
    void aMinuteIsEnoughForEachKindOfEachTarget() {
        enough();
        enough();
        enough();
        fault(Fault.Kind.PAUSE, Fault.Target.LEADER);
        fault(Fault.Kind.KILL, Fault.Target.FOLLOWER);

        assertThat(Coverage.check(Duration.ofSeconds(60), EVERYBODY, history, faults))
                .isInstanceOfSatisfying(
                        Verdict.Broken.class,
                        broken -> assertThat(broken.explanation()).endsWith("; missing: a PAUSE of a LEARNER"));

        fault(Fault.Kind.PAUSE, Fault.Target.LEARNER);

        assertThat(Coverage.check(Duration.ofSeconds(60), EVERYBODY, history, faults))
                .isInstanceOf(Verdict.Holds.class);
    }

    @Test
    void aLevelThatWasNotReadIsMissing() {
        enough();
        history.clear();
        reads(600, Level.SESSION);

        assertMissing("at least 30 acknowledged linearizable reads");

        history.clear();
        reads(600, Level.LINEARIZABLE);

        assertMissing("at least 30 acknowledged session reads");
    }

    @Test
    void tooFewFaultsOrOperationsAreMissing() {
        enough();
        faults.removeLast();
        history.removeLast();

        assertMissing("at least 3 faults");
        assertMissing("at least 600 acknowledged operations");
    }

    private void assertMissing(String what) {
        assertThat(Coverage.check(LONG, EVERYBODY, history, faults))
                .isInstanceOfSatisfying(
                        Verdict.Broken.class,
                        broken -> assertThat(broken.explanation()).contains(what));
    }
}
