// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.cluster.Address;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private final FakeCluster cluster = new FakeCluster();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<String> said = new ArrayList<>();

    private Faults faults(Roles roles) {
        return faults(roles, 5);
    }

    private Faults faults(Roles roles, long seed) {
        Duration least = Duration.ofMillis(1);
        Duration most = Duration.ofMillis(3);
        return new Faults(cluster, roles, new Faults.Settings(seed, least, most, least, most, least, most), said::add);
    }

    @Test
    void everyRoleIsKilledAndPausedNeverMoreThanAMinorityAndAllIsHealed() throws InterruptedException {
        Faults faults = faults(cluster::look);

        faults.run(Duration.ofMillis(800), stop);

        List<Fault> injected = faults.injected();
        assertThat(injected).hasSizeGreaterThan(50);
        assertThat(injected).extracting(Fault::target).contains(Fault.Target.values());
        assertThat(injected).extracting(Fault::kind).contains(Fault.Kind.values());
        assertThat(cluster.votersGoneMost).isEqualTo(1);
        assertThat(cluster.states.values()).containsOnly(Cluster.State.RUNNING);
        assertThat(injected)
                .filteredOn(fault -> fault.target() == Fault.Target.LEARNER)
                .allMatch(fault -> fault.node().startsWith("eu-west"));
    }

    @Test
    void eachKindHitsEachTargetBeforeChanceDraws() throws InterruptedException {
        for (long seed = 1; seed <= 5; seed++) {
            Faults faults = faults(cluster::look, seed);

            faults.run(Duration.ofMillis(200), stop);

            assertThat(faults.injected().stream().limit(6).map(fault -> fault.kind() + " " + fault.target()))
                    .as("seed " + seed)
                    .containsExactlyInAnyOrder(
                            "KILL LEADER",
                            "KILL FOLLOWER",
                            "KILL LEARNER",
                            "PAUSE LEADER",
                            "PAUSE FOLLOWER",
                            "PAUSE LEARNER");
            assertThat(faults.injected())
                    .as("seed " + seed)
                    .filteredOn(fault -> fault.target() == Fault.Target.LEADER)
                    .first()
                    .extracting(Fault::kind)
                    .isEqualTo(Fault.Kind.KILL);
        }
    }

    @Test
    void whatCannotBeDoneIsSaid() throws InterruptedException {
        faults(() -> new Roles.Seen(Set.of(), Optional.empty())).run(Duration.ofMillis(100), stop);

        assertThat(said).anyMatch(line -> line.startsWith("waiting until") && line.contains("LEADER"));
    }

    @Test
    void withoutALeaderOnlyLearnersAreHit() throws InterruptedException {
        Faults faults = faults(() -> new Roles.Seen(Set.copyOf(cluster.layout().voters()), Optional.empty()));

        faults.run(Duration.ofMillis(200), stop);

        assertThat(faults.injected()).isNotEmpty().allMatch(fault -> fault.target() == Fault.Target.LEARNER);
    }

    @Test
    void voterThatWasStartedIsGoneUntilItServes() throws InterruptedException {
        Faults faults = faults(() -> new Roles.Seen(Set.of("us-east-1", "us-east-2"), Optional.of("us-east-1")));

        faults.run(Duration.ofMillis(200), stop);

        assertThat(faults.injected()).isNotEmpty().allMatch(fault -> fault.target() == Fault.Target.LEARNER);
    }

    @Test
    void openLatchEndsItAtOnceAndHeals() throws InterruptedException {
        stop.countDown();

        faults(cluster::look).run(Duration.ofHours(1), stop);

        assertThat(cluster.states.values()).containsOnly(Cluster.State.RUNNING);
    }

    /** States and nothing else; refuses what a real cluster refuses. */
    private static final class FakeCluster implements Cluster {
        private final ClusterLayout layout = ClusterLayout.of(3, 2);
        private final Map<String, State> states = new HashMap<>();
        private int votersGoneMost;

        private FakeCluster() {
            start();
        }

        /** The first running voter leads, and whatever runs serves. */
        private Roles.Seen look() {
            List<String> running = layout.voters().stream()
                    .filter(node -> state(node) == State.RUNNING)
                    .toList();
            return new Roles.Seen(Set.copyOf(running), running.stream().findFirst());
        }

        private void move(String node, List<State> from, State to) {
            assertThat(states.getOrDefault(node, State.DOWN)).isIn(from);
            states.put(node, to);
            List<String> gone = new ArrayList<>(layout.voters());
            gone.removeIf(voter -> state(voter) == State.RUNNING);
            votersGoneMost = Math.max(votersGoneMost, gone.size());
        }

        @Override
        public ClusterLayout layout() {
            return layout;
        }

        @Override
        public void start() {
            layout.nodes().forEach(node -> states.put(node, State.RUNNING));
        }

        @Override
        public void start(String node) {
            move(node, List.of(State.DOWN), State.RUNNING);
        }

        @Override
        public void kill(String node) {
            move(node, List.of(State.RUNNING, State.PAUSED), State.DOWN);
        }

        @Override
        public void pause(String node) {
            move(node, List.of(State.RUNNING), State.PAUSED);
        }

        @Override
        public void resume(String node) {
            move(node, List.of(State.PAUSED), State.RUNNING);
        }

        @Override
        public State state(String node) {
            return states.getOrDefault(node, State.DOWN);
        }

        @Override
        public Address resp(String node) {
            return new Address("127.0.0.1", 1);
        }

        @Override
        public List<String> unexpectedEnds() {
            return List.of();
        }

        @Override
        public void close() {}
    }
}
