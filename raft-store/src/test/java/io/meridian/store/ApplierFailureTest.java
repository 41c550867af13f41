// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.entity.Task;
import io.meridian.engine.Reply;
import io.meridian.store.TestClient.Fate;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An entry that cannot be applied stops the replica, loudly and for good. */
final class ApplierFailureTest {
    @TempDir
    Path directory;

    @Test
    void aDamagedEntryStopsTheReplicaAndIsNotSkippedAfterARestart() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            Replica replica = cluster.leader();
            CompletableFuture<String> reason = new CompletableFuture<>();
            replica.onFailure(reason::complete);

            replica.raft().apply(new Task(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7}), _ -> {}));

            assertThat(TestClient.get(reason)).contains("could not be applied");
            assertThat(replica.problem()).contains(TestClient.get(reason));
            assertThat(replica.isServing()).isFalse();
            assertThat(replica.isLeader()).isFalse();
            assertThat(TestClient.read(replica, "GET k")).isInstanceOf(Reply.Failure.class);
            assertThat(TestClient.get(client.send(replica, "SET k w"))).isInstanceOf(Fate.Failed.class);
            assertThatThrownBy(() -> TestClient.get(TestClient.readLinearizable(replica, "GET k")))
                    .isInstanceOf(TestClient.ReadFailed.class);

            cluster.stop("a");
            Replica again = cluster.start("a").replica();
            eventually("it stops at the same entry", () -> again.problem().isPresent());
            assertThat(again.isServing()).isFalse();
        }
    }
}
