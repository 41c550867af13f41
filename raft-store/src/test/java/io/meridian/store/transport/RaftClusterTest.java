// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.store.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.meridian.store.transport.RaftCluster.Running;
import io.meridian.store.transport.RaftCluster.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group with three voters and a learner over the real transport. */
class RaftClusterTest {
    @TempDir
    Path directory;

    @Test
    void increments1000TimesAndReadsEverywhere() throws Exception {
        try (RaftCluster cluster = RaftCluster.start(directory, Shape.usual())) {
            cluster.addMany(cluster.leader(), 1_000, 64);

            for (Running node : cluster.running().values()) {
                assertThat(cluster.readAt(node).get(10, TimeUnit.SECONDS)).isEqualTo(1_000);
            }
        }
    }

    @Test
    void aRestartedNodeCatchesUpAndLeadershipCanMove() throws Exception {
        try (RaftCluster cluster = RaftCluster.start(directory, Shape.usual().electionTimeoutMillis(1_000))) {
            cluster.addMany(cluster.leader(), 100, 64);

            cluster.stopNode("a");
            Running second = cluster.leader();
            cluster.addMany(second, 100, 64);
            Running restarted = cluster.startNode("a");
            eventually("a has what it missed", () -> restarted.machine().sum.get() == 200);

            eventually(
                    "leadership moves to a",
                    () -> second.raft()
                            .transferLeadershipTo(PeerTransport.peerId("a"))
                            .isOk());
            eventually("a leads", () -> cluster.leader().equals(restarted));
            cluster.addMany(restarted, 100, 64);
            assertThat(cluster.readAt(cluster.running("far")).get(10, TimeUnit.SECONDS))
                    .isEqualTo(300);
        }
    }

    @Test
    void entriesOfUpTo64MebibytesDoNotCostTheLeaderItsPlace() throws Exception {
        int mib = 1 << 20;
        try (RaftCluster cluster = RaftCluster.start(
                directory, Shape.usual().electionTimeoutMillis(6_000).options(RaftClusterTest::withoutFsync))) {
            Running leader = cluster.leader();

            cluster.addMany(leader, 4, mib);
            cluster.addMany(leader, 1, 16 * mib);
            cluster.addMany(leader, 1, 64 * mib);

            for (Running node : cluster.running().values()) {
                eventually("all is applied everywhere", () -> node.machine().sum.get() == 6);
            }
            assertThat(cluster.leaderStarts()).isEqualTo(1);
        }
    }

    @Test
    void pipelinedEntriesArriveInOrder() throws Exception {
        try (LoggedLines logged = new LoggedLines(Level.WARN);
                RaftCluster cluster =
                        RaftCluster.start(directory, Shape.usual().options(RaftClusterTest::withoutFsync))) {
            Running leader = cluster.leader();
            eventually(
                    "the learner is there",
                    () -> cluster.running("far").machine().applied.get() == 0
                            && cluster.readAt(cluster.running("far"))
                                    .thenApply(_ -> true)
                                    .getNow(false));

            cluster.addMany(leader, 200, 200_000);

            for (Running node : cluster.running().values()) {
                eventually("all is applied everywhere", () -> node.machine().sum.get() == 200);
            }
            assertThat(logged.containing("term_unmatched")).isEmpty();
            assertThat(leader.transport().counters().bytesSent()).isGreaterThan(3L * 200 * 200_000);
        }
    }

    @Test
    void aPushedCommitIndexShowsOnTheLearnerWithoutAHeartbeat() throws Exception {
        // Heartbeats come every 30 s: without the push the last entry stays unapplied on followers and learner.
        try (RaftCluster cluster = RaftCluster.start(directory, Shape.usual().electionTimeoutMillis(300_000))) {
            Running leader = cluster.leader();
            Running learner = cluster.running("far");
            eventually(
                    "the leader replicates to the learner", () -> learner.raft().getLastLogIndex() > 0);

            for (int i = 1; i <= 20; i++) {
                cluster.addMany(leader, 1, 64);
                leader.transport()
                        .pushCommit(
                                RaftCluster.GROUP,
                                leader.machine().term.get(),
                                leader.machine().applied.get());
                int written = i;
                for (Running node : cluster.running().values()) {
                    eventually("the write shows", () -> node.machine().sum.get() == written);
                }
            }
            assertThat(leader.transport().counters().commitPushes()).isPositive();
        }
    }

    @Test
    void delaysAreAddedInBothDirections() throws Exception {
        LinkDelay wan = (from, to) -> from.equals("far") ? 50_000_000 : to.equals("far") ? 30_000_000 : 0;
        try (RaftCluster cluster = RaftCluster.start(directory, Shape.usual().delay(wan))) {
            cluster.addMany(cluster.leader(), 10, 64);
            Running learner = cluster.running("far");
            eventually("the learner has it", () -> learner.machine().sum.get() == 10);

            long start = System.nanoTime();
            long sum = cluster.readAt(learner).get(10, TimeUnit.SECONDS);
            long elapsedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);

            assertThat(sum).isEqualTo(10);
            assertThat(elapsedMillis).isGreaterThanOrEqualTo(80);
        }
    }

    @Test
    void aLearnerIsGivenASnapshotOverADelayedLink() throws Exception {
        LinkDelay wan = (from, to) -> from.equals("far") || to.equals("far") ? 40_000_000 : 0;
        Shape shape = Shape.usual().delay(wan).snapshotBallastBytes(6 << 20);
        try (RaftCluster cluster = RaftCluster.startVoters(directory, shape)) {
            Running leader = cluster.leader();
            cluster.addMany(leader, 500, 64);
            // The log is cut at the snapshot before the last.
            assertThat(cluster.snapshot(leader).get(10, TimeUnit.SECONDS).isOk())
                    .isTrue();
            cluster.addMany(leader, 1, 64);
            assertThat(cluster.snapshot(leader).get(10, TimeUnit.SECONDS).isOk())
                    .isTrue();

            Running learner = cluster.startNode("far");

            eventually("the learner has it all", () -> learner.machine().sum.get() == 501);
            assertThat(learner.machine().snapshotsLoaded).hasValue(1);
            cluster.addMany(leader, 1, 64);
            assertThat(cluster.readAt(learner).get(10, TimeUnit.SECONDS)).isEqualTo(502);
        }
    }

    @Test
    void aSilentPeerIsLeftAndFoundAgain() throws Exception {
        Set<String> frozen = ConcurrentHashMap.newKeySet();
        LinkDelay freezing = (from, to) -> frozen.contains(from) || frozen.contains(to) ? 3_600_000_000_000L : 0;
        TransportOptions usual = TransportOptions.defaults();
        TransportOptions impatient = new TransportOptions(
                usual.messageBytesMax(),
                usual.queuedBytesMax(),
                Duration.ofMillis(500),
                Duration.ofMillis(300),
                usual.backoffMin(),
                Duration.ofMillis(200),
                usual.keepAlive(),
                usual.keepAliveTimeout());
        try (RaftCluster cluster = RaftCluster.start(
                directory,
                Shape.usual().electionTimeoutMillis(2_000).delay(freezing).limits(impatient))) {
            Running leader = cluster.leader();
            cluster.addMany(leader, 10, 64);
            Running silent = cluster.running("b");
            eventually("b has it", () -> silent.machine().sum.get() == 10);

            frozen.add("b");
            cluster.addMany(leader, 10, 64);
            eventually("a has left b", () -> !leader.transport().isConnected("b"));
            frozen.clear();

            eventually("b has caught up", () -> silent.machine().sum.get() == 20);
            assertThat(leader.transport().counters().timeouts()).isPositive();
        }
    }

    /** For tests of the network alone: the disk of a busy machine is not their subject. */
    private static TransportNodeOptions withoutFsync(TransportNodeOptions options) {
        options.getRaftOptions().setSync(false);
        return options;
    }
}
