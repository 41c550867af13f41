// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.store.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import io.meridian.store.transport.RaftCluster.Running;
import io.meridian.store.transport.RaftCluster.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
            Running leader = cluster.leader();

            addMany(cluster, leader, 1_000, 64);

            for (Running node : cluster.running().values()) {
                assertThat(cluster.readAt(node).get(10, TimeUnit.SECONDS)).isEqualTo(1_000);
            }
        }
    }

    @Test
    void aRestartedNodeCatchesUpAndLeadershipCanMove() throws Exception {
        try (RaftCluster cluster = RaftCluster.start(directory, Shape.usual())) {
            addMany(cluster, cluster.leader(), 100, 64);

            cluster.stopNode("a");
            Running second = cluster.leader();
            addMany(cluster, second, 100, 64);
            Running restarted = cluster.startNode("a");
            eventually("a has what it missed", () -> restarted.machine().sum.get() == 200);

            eventually(
                    "leadership moves to a",
                    () -> second.raft()
                            .transferLeadershipTo(PeerTransport.peerId("a"))
                            .isOk());
            eventually("a leads", () -> cluster.leader().equals(restarted));
            addMany(cluster, restarted, 100, 64);
            assertThat(cluster.readAt(cluster.running("far")).get(10, TimeUnit.SECONDS))
                    .isEqualTo(300);
        }
    }

    private static void addMany(RaftCluster cluster, Running leader, int count, int bytes) throws Exception {
        List<CompletableFuture<Status>> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            outcomes.add(cluster.add(leader, bytes));
        }
        for (CompletableFuture<Status> outcome : outcomes) {
            assertThat(outcome.get(30, TimeUnit.SECONDS)).matches(Status::isOk, "is OK");
        }
    }
}
