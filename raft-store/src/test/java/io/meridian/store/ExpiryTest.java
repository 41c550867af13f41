// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.Task;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys end by entries, at the same place of the log everywhere. */
final class ExpiryTest {
    @TempDir
    Path directory;

    @Test
    void endedKeysAreRemovedOnAllReplicasAlike() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            for (int i = 0; i < 50; i++) {
                client.run(cluster, "SET k" + i + " v PX " + (1 + i * 10), "SET stays" + i + " v");
            }

            for (Replica replica : cluster.replicas()) {
                eventually("it serves", replica::isServing);
                eventually(
                        "the ended are gone",
                        () -> TestClient.read(replica, "DBSIZE").equals(new Reply.Int(50)));
            }
            cluster.awaitEqualDigests();
        }
    }

    /** The last leader's clock was an hour ahead of ours: a write of its saw the key gone. */
    @Test
    void whatHadEndedAtAnEntrysMomentIsHiddenFromEveryReadAfterIt() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of("far"))) {
            cluster.startAll();
            TestClient client = new TestClient();
            client.run(cluster, "SET k v PX 60000");
            Bundle unseen = client.bundle("SET k w XX");
            EntryWriter ahead = new EntryWriter();
            ahead.begin(System.currentTimeMillis() + 3_600_000, 1);
            ahead.add(unseen);

            cluster.leader()
                    .raft()
                    .apply(new Task(ByteBuffer.wrap(ahead.finish().array()), _ -> {}));

            long index = client.run(cluster, "SET after v").index();
            assertThat(TestClient.untilApplied(cluster::leader, unseen).replies())
                    .containsExactly(Reply.NIL);
            for (Replica replica : cluster.replicas()) {
                eventually("it serves", () -> replica.isServing() && replica.appliedIndex() >= index);
                assertThat(TestClient.read(replica, "GET k")).isEqualTo(Reply.NIL);
            }
            assertThat(client.run(cluster, "GET k").replies()).containsExactly(Reply.NIL);
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET k")))
                    .isEqualTo(Reply.NIL);
        }
    }

    @Test
    void nothingIsProposedWhenNothingEnded() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();
            TestClient client = new TestClient();
            client.run(cluster, "SET far v PX 100000000", "SET soon v PX 1");
            Replica leader = cluster.leader();
            eventually(
                    "the ended key is gone",
                    () -> TestClient.read(leader, "DBSIZE").equals(new Reply.Int(1)));

            long proposals = leader.counters().proposals();
            long ticks = leader.counters().readIndexes();
            // The leader confirms itself now and then: proof that time has passed.
            eventually("some ticks have passed", () -> leader.counters().readIndexes() >= ticks + 3);

            assertThat(leader.counters().proposals()).isEqualTo(proposals);
        }
    }

    @Test
    void aLinearizableReadOfAnEndedKeyAnswersAfterItsRemoval() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            int seen = 0;
            for (int i = 0; i < 20; i++) {
                long ends = System.currentTimeMillis() + 15;
                TestClient.Fate.Applied set = client.run(cluster, "SET k v PXAT " + ends, "EXISTS k");
                // On a busy machine it may have ended before its entry's moment, and was never there.
                boolean wasThere = set.replies().getLast().equals(Reply.ONE);
                seen += wasThere ? 1 : 0;
                Replica leader = cluster.leader();
                eventually("it has ended by the clock", () -> System.currentTimeMillis() > ends);

                assertThat(TestClient.get(TestClient.readLinearizable(leader, "GET k")))
                        .isEqualTo(Reply.NIL);

                assertThat(leader.appliedIndex()).isGreaterThanOrEqualTo(set.index() + (wasThere ? 1 : 0));
                assertThat(TestClient.read(leader, "DBSIZE")).isEqualTo(Reply.ZERO);
            }
            assertThat(seen).isPositive();
        }
    }
}
