// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.store.TestClient.Fate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged stays, each bundle is applied once and in order, whoever leads. */
final class FailoverTest {
    @TempDir
    Path directory;

    @Test
    void whatWasAcknowledgedShowsAtOnceAfterEachElection() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            for (int round = 0; round < 3; round++) {
                client.run(cluster, "SET k " + round);
                String old = cluster.leaderName();

                cluster.crash(old);
                Replica next = cluster.leader();

                assertThat(TestClient.get(TestClient.readLinearizable(next, "GET k")))
                        .isEqualTo(Reply.Bulk.of(Integer.toString(round)));
                cluster.start(old);
            }
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aFollowerAnswersLinearizableReadsThroughItsLeader() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            for (int i = 0; i < 50; i++) {
                client.run(cluster, "SET k " + i);
                for (String node : cluster.nodes()) {
                    assertThat(TestClient.get(TestClient.readLinearizable(cluster.replica(node), "GET k")))
                            .isEqualTo(Reply.Bulk.of(Integer.toString(i)));
                }
            }
        }
    }

    @Test
    void aLeaderAsksAVoterAndAllOnlyWhenThatOneIsGone() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            Replica leader = cluster.leader();
            for (int i = 0; i < 200; i++) {
                assertThat(TestClient.get(TestClient.readLinearizable(leader, "GET k")))
                        .isEqualTo(Reply.Bulk.of("v"));
            }
            assertThat(leader.counters().fullReadIndexes())
                    .isLessThan(leader.counters().readIndexes() / 2);

            for (String node : cluster.nodes()) {
                if (!node.equals(cluster.leaderName())) {
                    cluster.crash(node);
                    break;
                }
            }

            for (int i = 0; i < 20; i++) {
                assertThat(TestClient.get(TestClient.readLinearizable(leader, "GET k")))
                        .isEqualTo(Reply.Bulk.of("v"));
            }
        }
    }

    /** The leader knows of a commit before it applies it, and tells others: a later linearizable read there must show it. */
    @Test
    void aLeaderThatIsBehindShowsWhatAFollowerHasShown() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k old");
            Replica leader = cluster.leader();
            Replica follower = cluster.replica(cluster.nodes().stream()
                    .filter(node -> !node.equals(cluster.leaderName()))
                    .findFirst()
                    .orElseThrow());
            CountDownLatch applying = new CountDownLatch(1);
            CountDownLatch release = new CountDownLatch(1);
            Bundle slow = client.bundle("SET other v");
            slow.read(0, 0, _ -> {
                applying.countDown();
                awaited(release);
                return Reply.OK;
            });
            CompletableFuture<Fate> held = TestClient.submit(leader, slow);
            awaited(applying);
            CompletableFuture<Fate> behind = TestClient.submit(leader, client.bundle("SET k new", "GET k"));
            eventually(
                    "the follower shows it",
                    () -> follower.read(0, 0, TestClient.query("GET k")).equals(Reply.Bulk.of("new")));

            // What the leader waits for before it answers is no less than what the follower shows.
            long told = cluster.running(cluster.leaderName())
                    .transport()
                    .toldCommitted(RaftSettings.raftName(leader.group()));
            assertThat(told).isGreaterThanOrEqualTo(follower.appliedIndex()).isGreaterThan(leader.appliedIndex());
            CompletableFuture<Reply> shown = TestClient.readLinearizable(leader, "GET k");
            // Its round is over, but for what is to be applied.
            CompletableFuture<Reply> elsewhere = TestClient.readLinearizable(follower, "GET k");
            assertThat(TestClient.get(elsewhere)).isEqualTo(Reply.Bulk.of("new"));
            release.countDown();

            assertThat(TestClient.get(shown)).isEqualTo(Reply.Bulk.of("new"));
            assertThat(TestClient.get(held)).isInstanceOf(Fate.Applied.class);
            assertThat(TestClient.get(behind)).isInstanceOf(Fate.Applied.class);
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void aBundleSentToTwoLeadersIsAppliedOnce() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET list x");
            Bundle bundle = client.bundle("APPEND list y", "STRLEN list");

            Fate.Applied first = TestClient.untilApplied(cluster::leader, bundle);
            cluster.crash(cluster.leaderName());
            Fate.Applied second = TestClient.untilApplied(cluster::leader, bundle);

            assertThat(second.replies()).isEqualTo(first.replies()).containsExactly(new Reply.Int(2), new Reply.Int(2));
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET list")))
                    .isEqualTo(Reply.Bulk.of("xy"));
        }
    }

    @Test
    void bundlesInFlightOfADeposedLeaderAreUnknownOrAppliedAndNeverSkipOne() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET log .");
            Replica leader = cluster.leader();
            List<CompletableFuture<Fate>> fates = new ArrayList<>();
            List<Bundle> bundles = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                if (i == 200) {
                    TestClient.get(fates.getFirst());
                    cluster.crash(cluster.leaderName());
                }
                Bundle bundle = client.bundle("APPEND log " + i + ",");
                bundles.add(bundle);
                fates.add(TestClient.submit(leader, bundle));
            }

            int applied = 0;
            for (CompletableFuture<Fate> fate : fates) {
                applied += TestClient.get(fate) instanceof Fate.Applied ? 1 : 0;
            }
            StringBuilder expected = new StringBuilder(".");
            for (int i = 0; i < bundles.size(); i++) {
                // Sent again, all in their order, as a router does: those applied before are not applied again.
                bundles.get(i).attempt(1);
                TestClient.untilApplied(cluster::leader, bundles.get(i));
                expected.append(i).append(',');
            }

            assertThat(applied).isPositive();
            assertThat(fates.subList(applied, fates.size()))
                    .as("after the first that failed none is applied")
                    .allMatch(fate -> TestClient.get(fate) instanceof Fate.Failed);
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET log")))
                    .isEqualTo(Reply.Bulk.of(expected.toString()));
            cluster.awaitEqualDigests();
        }
    }

    /** Its log ends in entries that nobody else has; those of the next leader stand in their places, and are fewer. */
    @Test
    void aDeposedLeaderGivesUpWhatOnlyItHas() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of("far"))) {
            cluster.tuning(cluster.tuning().withElectionTimeoutMillis(1_000).withEntriesInFlightMax(8));
            cluster.startAll();
            new TestClient().run(cluster, "SET kept before");
            cluster.awaitEqualDigests();
            String old = cluster.leaderName();
            Replica deposed = cluster.leader();
            long shared = deposed.raft().getLastLogIndex();

            cluster.isolate(old);
            TestClient client = new TestClient();
            List<CompletableFuture<Fate>> fates = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                fates.add(client.send(deposed, "SET cut" + i + " off"));
            }
            eventually(
                    "its log has entries that nobody else has",
                    () -> deposed.raft().getLastLogIndex() == shared + fates.size());

            for (CompletableFuture<Fate> fate : fates) {
                assertThat(TestClient.get(fate))
                        .isInstanceOfSatisfying(
                                Fate.Failed.class,
                                failed -> assertThat(failed.outcome()).isEqualTo(Outcome.UNKNOWN));
            }
            eventually("it leads no longer", () -> !deposed.isLeader());
            new TestClient().run(cluster, "SET kept after");
            Replica next = cluster.leader();
            assertThat(next).isNotSameAs(deposed);
            assertThat(next.raft().getLastLogIndex()).isLessThan(shared + fates.size());
            assertThat(TestClient.read(deposed, "GET kept")).isEqualTo(Reply.Bulk.of("before"));

            cluster.heal(old);
            assertItFollows(cluster, deposed, fates.size());
            // From its log: that of the next leader, not what it had once written.
            cluster.crash(old);
            assertItFollows(cluster, cluster.start(old).replica(), fates.size());
        }
    }

    private static void assertItFollows(StoreCluster cluster, Replica deposed, int cutOff) {
        eventually(
                "its log is that of the leader",
                () -> deposed.raft().getLastLogIndex()
                        == cluster.leader().raft().getLastLogIndex());
        cluster.awaitEqualDigests();
        for (Replica replica : cluster.replicas()) {
            eventually("it serves", replica::isServing);
            assertThat(TestClient.read(replica, "GET kept")).isEqualTo(Reply.Bulk.of("after"));
            for (int i = 0; i < cutOff; i++) {
                assertThat(TestClient.read(replica, "GET cut" + i)).isEqualTo(Reply.NIL);
            }
        }
    }

    @Test
    void aReplicaThatDoesNotLeadRefusesAsNotApplied() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            Replica learner = cluster.replica("far");

            Fate fate = TestClient.get(new TestClient().send(learner, "SET k v"));

            assertThat(fate).isEqualTo(new Fate.Failed(Outcome.NOT_APPLIED, "not the leader"));
        }
    }

    @Test
    void leadershipIsHandedOverOnRequestAndWhenANodeCloses() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            String first = cluster.leaderName();
            String other = cluster.nodes().stream()
                    .filter(node -> !node.equals(first) && !node.equals("far"))
                    .findFirst()
                    .orElseThrow();

            assertThat(cluster.replica(first)
                            .transferLeadership(java.util.Optional.of(other), java.time.Duration.ofSeconds(10)))
                    .isTrue();
            eventually("the other leads", () -> cluster.replica(other).isLeader());
            cluster.stop(other);

            eventually(
                    "a third or the first leads",
                    () -> cluster.replicas().stream().anyMatch(Replica::isLeader));
            assertThat(client.run(cluster, "GET k").replies()).containsExactly(Reply.Bulk.of("v"));
        }
    }

    @Test
    void aClusterThatWasStoppedWholeHasEverythingAfterwards() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            for (int i = 0; i < 100; i++) {
                client.run(cluster, "SET k" + i + " v" + i);
            }
            long incarnation = cluster.leader().incarnation();
            for (String node : cluster.nodes()) {
                cluster.stop(node);
            }

            cluster.startAll();

            for (int i = 0; i < 100; i++) {
                assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET k" + i)))
                        .isEqualTo(Reply.Bulk.of("v" + i));
            }
            assertThat(cluster.leader().incarnation()).isEqualTo(incarnation);
            cluster.awaitEqualDigests();
        }
    }
}
