// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Reply;
import io.meridian.store.TestClient.Fate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A group of three voters and a learner takes writes and answers reads. */
final class ReplicaTest {
    @TempDir
    Path directory;

    @Test
    void aWriteIsAnsweredAndShowsOnEveryReplica() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();

            Fate.Applied set = client.run(cluster, "SET k v");

            assertThat(set.replies()).containsExactly(Reply.OK);
            assertThat(set.index()).isPositive();
            for (Replica replica : cluster.replicas()) {
                eventually("it is applied everywhere", () -> replica.appliedIndex() >= set.index());
                eventually("it serves", replica::isServing);
                assertThat(TestClient.read(replica, "GET k")).isEqualTo(Reply.Bulk.of("v"));
                assertThat(replica.incarnation())
                        .isEqualTo(cluster.leader().incarnation())
                        .isNotZero();
            }
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void readsRideAtTheirPlacesBetweenWrites() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();

            Fate.Applied first = client.run(cluster, "GET k", "SET k 1", "GET k", "SET k 2", "GET k");
            List<CompletableFuture<Fate>> rest = new ArrayList<>();
            Replica leader = cluster.leader();
            for (int i = 3; i < 200; i++) {
                rest.add(client.send(leader, "SET k " + i));
                rest.add(client.send(leader, "GET k"));
            }

            assertThat(first.replies())
                    .containsExactly(Reply.NIL, Reply.OK, Reply.Bulk.of("1"), Reply.OK, Reply.Bulk.of("2"));
            for (int i = 3; i < 200; i++) {
                assertThat(((Fate.Applied) TestClient.get(rest.get((i - 3) * 2 + 1))).replies())
                        .containsExactly(Reply.Bulk.of(Integer.toString(i)));
            }
        }
    }
}
