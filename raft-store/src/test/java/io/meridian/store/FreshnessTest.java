// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Reply;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon other replicas show a write, and what they say of how old they are. */
final class FreshnessTest {
    @TempDir
    Path directory;

    @Test
    void aLoneWriteIsPushedToEveryReplica() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of("far"))) {
            cluster.tuning(cluster.tuning().withElectionTimeoutMillis(1_000));
            cluster.startAll();
            TestClient client = new TestClient();
            for (int i = 0; i < 20; i++) {
                long pushesBefore = cluster.leader().counters().commitPushes();
                long index = client.run(cluster, "SET k " + i).index();
                for (Replica replica : cluster.replicas()) {
                    CountDownLatch applied = new CountDownLatch(1);
                    replica.whenApplied(index, applied::countDown);
                    assertThat(applied.await(20, TimeUnit.SECONDS)).isTrue();
                }
                // Not always all three: an entry that leaves late carries its own commit index.
                eventually("some were told", () -> cluster.leader().counters().commitPushes() > pushesBefore);
            }
        }
    }

    @Test
    void stalenessIsKnownOnceCaughtUpAndGrowsWhenCutOff() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            new TestClient().run(cluster, "SET k v");
            Replica far = cluster.replica("far");
            eventually("it serves", far::isServing);
            eventually("it is fresh", () -> far.stalenessMillis() < 1_000);
            assertThat(cluster.leader().stalenessMillis()).isZero();

            String leader = cluster.leaderName();
            for (String node : cluster.nodes()) {
                if (!node.equals("far")) {
                    cluster.stop(node);
                }
            }

            assertThat(leader).isNotEqualTo("far");
            eventually("it knows that it grows old", () -> far.stalenessMillis() > 1_500);
            assertThat(TestClient.read(far, "GET k")).isEqualTo(Reply.Bulk.of("v"));
        }
    }

    @Test
    void aReplicaThatHasNotCaughtUpDoesNotAnswer() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            new TestClient().run(cluster, "SET k v");
            for (String node : cluster.nodes()) {
                cluster.stop(node);
            }

            Replica alone = cluster.start("far").replica();

            assertThat(alone.isServing()).isFalse();
            assertThat(alone.stalenessMillis()).isEqualTo(Long.MAX_VALUE);
            assertThat(TestClient.read(alone, "GET k")).isInstanceOf(Reply.Failure.class);
        }
    }
}
