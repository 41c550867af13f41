// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.store.TestClient.Fate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sizes and bounds: the largest value, many bundles in an entry, and what is refused. */
final class LimitsTest {
    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    @Test
    void aValueOf64MiBIsReplicated() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of("far"))) {
            // Four copies of it in one process, on few cores: as patient as in life.
            cluster.tuning(cluster.tuning().withElectionTimeoutMillis(3_000));
            cluster.startAll();
            TestClient client = new TestClient();
            Bytes value = Bytes.of(new byte[(int) (64 * MIB)]);
            Bundle bundle = client.bundle(List.of(Args.of(List.of(Bytes.of("SET"), Bytes.of("big"), value))));

            Fate.Applied set = TestClient.untilApplied(cluster::leader, bundle);

            for (Replica replica : cluster.replicas()) {
                eventually("it is applied everywhere", () -> replica.appliedIndex() >= set.index());
                assertThat(TestClient.get(TestClient.readLinearizable(replica, "STRLEN big")))
                        .isEqualTo(new Reply.Int(64 * MIB));
            }
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void bundlesThatComeWhileEntriesAreInFlightShareOne() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            Replica leader = cluster.leader();
            long proposalsBefore = leader.counters().proposals();
            List<CompletableFuture<Fate>> fates = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                fates.add(new TestClient().send(leader, "SET k" + i + " v"));
            }

            fates.forEach(fate -> assertThat(TestClient.get(fate)).isInstanceOf(Fate.Applied.class));

            assertThat(leader.counters().proposals() - proposalsBefore)
                    .as("entries for 5,000 bundles, at most 1,024 commands each")
                    .isBetween(5L, 1_500L);
            assertThat(leader.waitingBytes()).isZero();
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void beyondTheBoundBundlesAreRefusedInOrder() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.tuning(cluster.tuning().withWaitingBytes(100_000, 300_000));
            cluster.startAll();
            Replica leader = cluster.leader();
            TestClient client = new TestClient();
            client.run(cluster, "SET log .");
            Bytes piece = Bytes.of("x".repeat(10_000));
            List<CompletableFuture<Fate>> fates = new ArrayList<>();
            boolean congested = false;

            for (int i = 0; i < 2_000; i++) {
                fates.add(TestClient.submit(
                        leader, client.bundle(List.of(Args.of(List.of(Bytes.of("APPEND"), Bytes.of("log"), piece))))));
                congested |= leader.isCongested();
            }

            List<Fate> ends = fates.stream().map(TestClient::get).toList();
            int applied =
                    (int) ends.stream().filter(Fate.Applied.class::isInstance).count();
            assertThat(congested).isTrue();
            assertThat(applied).isBetween(1, 1_999);
            assertThat(ends.subList(0, applied)).allMatch(Fate.Applied.class::isInstance);
            assertThat(ends.get(applied)).isEqualTo(new Fate.Failed(Outcome.NOT_APPLIED, "busy"));
            assertThat(ends.subList(applied + 1, ends.size()))
                    .as("none overtakes the one that was refused")
                    .allMatch(end -> end instanceof Fate.Failed failed && failed.outcome() == Outcome.NOT_APPLIED);
            assertThat(TestClient.get(TestClient.readLinearizable(leader, "STRLEN log")))
                    .isEqualTo(new Reply.Int(1 + applied * 10_000L));
            assertThat(leader.waitingBytes()).isZero();
            Bundle again = client.bundle("SET log done");
            again.attempt(1);
            assertThat(TestClient.get(TestClient.submit(leader, again))).isInstanceOf(Fate.Applied.class);
        }
    }

    @Test
    void withAFullHeapWhatTakesMemoryIsRefusedAndTheRestGoesOn() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v", "SET other v");
            for (String node : cluster.nodes()) {
                cluster.stop(node);
            }
            cluster.tuning(cluster.tuning().withHeapPercentMax(0));
            cluster.startAll();

            List<Reply> replies =
                    client.run(cluster, "SET k w", "GET k", "DEL other").replies();

            assertThat(replies).containsExactly(Errors.OUT_OF_MEMORY, Reply.Bulk.of("v"), Reply.ONE);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void withoutFreeSpaceWritesAreRefusedAndReadsGoOn() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();
            new TestClient().run(cluster, "SET k v");
            cluster.stop("a");
            cluster.tuning(cluster.tuning().withFreeBytesMin(Long.MAX_VALUE / 2));
            Replica leader = cluster.start("a").replica();
            eventually("it leads", leader::isLeader);

            eventually(
                    "writes are refused",
                    () -> TestClient.get(new TestClient().send(leader, "SET k w"))
                            .equals(new Fate.Failed(Outcome.TAKES_NO_WRITES, "no space left on the leader's disk")));

            assertThat(TestClient.get(TestClient.readLinearizable(leader, "GET k")))
                    .isIn(Reply.Bulk.of("v"), Reply.Bulk.of("w"));
            CompletableFuture<Boolean> snapshot = new CompletableFuture<>();
            leader.snapshot(snapshot::complete);
            assertThat(TestClient.get(snapshot)).isFalse();
            assertThat(leader.problem()).isEmpty();
        }
    }
}
