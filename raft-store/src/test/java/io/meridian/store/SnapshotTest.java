// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.store.TestClient.Fate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots are saved while writes go on, loaded at start, and sent to replicas that are too far behind. */
final class SnapshotTest {
    @TempDir
    Path directory;

    @Test
    void aRestartedReplicaLoadsItsSnapshotAndWhatCameAfter() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            fill(client, cluster, 200, 1_000);
            for (String node : cluster.nodes()) {
                awaitSnapshot(cluster.replica(node));
            }
            client.run(cluster, "SET after snapshot");
            for (String node : cluster.nodes()) {
                cluster.stop(node);
            }

            cluster.startAll();

            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET after")))
                    .isEqualTo(Reply.Bulk.of("snapshot"));
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "STRLEN k199")))
                    .isEqualTo(new Reply.Int(1_000));
            assertThat(cluster.replicas())
                    .allMatch(replica -> replica.counters().snapshotsLoaded() == 1);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aReplicaFromASnapshotAfterAnElectionTellsItsDigestAtTheIndexOfTheOthers() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            new TestClient().run(cluster, "SET k v");
            String first = cluster.leaderName();
            cluster.stop(first);
            cluster.leader();
            cluster.start(first);
            // The election has left an entry that no command is in; the snapshot's index is that one.
            long committed = cluster.leader().commitIndex();
            eventually("it is applied", () -> cluster.replica(first).appliedIndex() >= committed);
            awaitSnapshot(cluster.replica(first));

            cluster.stop(first);
            cluster.start(first);

            assertThat(cluster.replica(first).counters().snapshotsLoaded()).isEqualTo(1);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void writesGoOnWhileASnapshotIsSavedAndAreNotInIt() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            fill(client, cluster, 2_000, 2_000);
            AtomicBoolean done = new AtomicBoolean();
            CompletableFuture<Boolean> saved = new CompletableFuture<>();

            cluster.leader().snapshot(outcome -> {
                done.set(true);
                saved.complete(outcome);
            });
            int writes = 0;
            while (!done.get()) {
                client.run(cluster, "SET k" + writes % 2_000 + " new");
                writes++;
            }

            assertThat(TestClient.get(saved)).isTrue();
            assertThat(writes).isPositive();
            String leader = cluster.leaderName();
            cluster.stop(leader);
            cluster.start(leader);
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void aLearnerThatIsTooFarBehindGetsASnapshotOverALinkOf150Milliseconds() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            cluster.stop("far");
            fill(client, cluster, 300, 20_000);
            // Twice: the log is kept back to the snapshot before the last.
            for (int i = 0; i < 2; i++) {
                client.run(cluster, "SET snapshot " + i);
                for (String node : List.of("a", "b", "c")) {
                    awaitSnapshot(cluster.replica(node));
                }
            }
            long oneWay = 75_000_000;
            cluster.delay((from, to) -> from.equals("far") || to.equals("far") ? oneWay : 0);

            Replica far = cluster.start("far").replica();

            eventually("it has the snapshot", () -> far.counters().snapshotsLoaded() == 1);
            eventually("it serves", far::isServing);
            assertThat(TestClient.read(far, "STRLEN k299")).isEqualTo(new Reply.Int(20_000));
            client.run(cluster, "SET after install");
            eventually("it follows", () -> Reply.Bulk.of("install").equals(TestClient.read(far, "GET after")));
            cluster.awaitEqualDigests();
        }
    }

    /** While one is on its way, the log that would follow it is cut off: a second one comes as soon as the first is loaded. */
    @Test
    void aReplicaTakesTwoSnapshotsInQuickSuccession() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            Replica far = startBehind(client, cluster);

            snapshotTwice(client, cluster, List.of("a", "b", "c"));
            assertThat(far.counters().snapshotsLoaded())
                    .as("the first is still on its way")
                    .isZero();

            eventually("it has taken both", () -> far.counters().snapshotsLoaded() == 2);
            eventually("it serves", far::isServing);
            client.run(cluster, "SET after both");
            eventually("it follows", () -> Reply.Bulk.of("both").equals(TestClient.read(far, "GET after")));
            cluster.awaitEqualDigests();
        }
    }

    /** The new leader's snapshot comes while the old one's is still being copied. */
    @Test
    void aReplicaTakesTheSnapshotOfTheNextLeader() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            Replica far = startBehind(client, cluster);

            cluster.crash(cluster.leaderName());
            client.run(cluster, "SET after election");

            assertThat(far.counters().snapshotsLoaded())
                    .as("the first is still on its way")
                    .isZero();
            eventually("it follows", () -> Reply.Bulk.of("election").equals(TestClient.read(far, "GET after")));
            assertThat(far.problem()).isEmpty();
            cluster.awaitEqualDigests();
        }
    }

    /** The learner, started again behind a slow link, when some of the snapshot that it needs has arrived. */
    private static Replica startBehind(TestClient client, StoreCluster cluster) throws Exception {
        cluster.stop("far");
        fill(client, cluster, 600, 20_000);
        snapshotTwice(client, cluster, List.of("a", "b", "c"));
        long oneWay = 200_000_000;
        cluster.delay((from, to) -> from.equals("far") || to.equals("far") ? oneWay : 0);
        Replica far = cluster.start("far").replica();
        Path arriving = cluster.groupDirectoryOf("far").resolve("snapshot/temp/keyspace");
        eventually("the first snapshot is on its way", () -> Files.exists(arriving));
        return far;
    }

    /** Twice: the log is kept back to the snapshot before the last. */
    private static void snapshotTwice(TestClient client, StoreCluster cluster, List<String> nodes) {
        for (int i = 0; i < 2; i++) {
            long index = client.run(cluster, "SET snapshot " + i).index();
            for (String node : nodes) {
                eventually("it is applied", () -> cluster.replica(node).appliedIndex() >= index);
                awaitSnapshot(cluster.replica(node));
            }
        }
    }

    @Test
    void readersSeeTheOldStateUntilTheInstalledSnapshotIsThereWhole() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            fill(client, cluster, 500, 5_000);
            cluster.awaitEqualDigests();
            Replica far = cluster.replica("far");
            eventually("it serves", far::isServing);
            cluster.cut("far");
            for (int i = 0; i < 2; i++) {
                client.run(cluster, "SET k0 " + i);
                for (String node : List.of("a", "b", "c")) {
                    awaitSnapshot(cluster.replica(node));
                }
            }

            cluster.heal("far");

            int reads = 0;
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            while (far.counters().snapshotsLoaded() == 0
                    || !Reply.Bulk.of("1").equals(TestClient.read(far, "GET k0"))) {
                assertThat(TestClient.read(far, "STRLEN k499")).isEqualTo(new Reply.Int(5_000));
                assertThat(System.nanoTime() - deadline).as("installed in time").isNegative();
                reads++;
            }
            assertThat(reads).isPositive();
            cluster.awaitEqualDigests();
        }
    }

    @Test
    void snapshotsAreTakenByTheBytesOfTheLog() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.tuning(cluster.tuning().withSnapshotLogBytes(100_000));
            cluster.startAll();

            fill(new TestClient(), cluster, 300, 1_000);

            eventually("a snapshot was taken", () -> cluster.leader().counters().snapshotsSaved() > 0);
        }
    }

    @Test
    void aReplicaWithACorruptSnapshotDoesNotStartAndSaysWhy() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            fill(client, cluster, 100, 1_000);
            // There is none of a replica that has applied nothing yet.
            cluster.awaitEqualDigests();
            awaitSnapshot(cluster.replica("far"));
            cluster.stop("far");
            Path file = snapshotFile(cluster.groupDirectoryOf("far"));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), channel.size() / 2);
            }

            assertThatThrownBy(() -> cluster.start("far"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("does not start")
                    .hasMessageContaining("snapshot");
            assertThat(client.run(cluster, "GET k1").replies()).hasSize(1);
        }
    }

    private static void fill(TestClient client, StoreCluster cluster, int keys, int bytes) {
        Bytes value = Bytes.of("x".repeat(bytes));
        Replica leader = cluster.leader();
        List<CompletableFuture<Fate>> fates = Stream.iterate(0, i -> i < keys, i -> i + 1)
                .map(i -> TestClient.submit(
                        leader, client.bundle(List.of(Args.of(List.of(Bytes.of("SET"), Bytes.of("k" + i), value))))))
                .toList();
        fates.forEach(fate -> assertThat(TestClient.get(fate)).isInstanceOf(Fate.Applied.class));
    }

    private static void awaitSnapshot(Replica replica) {
        eventually("a snapshot is saved", () -> {
            CompletableFuture<Boolean> saved = new CompletableFuture<>();
            replica.snapshot(saved::complete);
            return TestClient.get(saved);
        });
    }

    private static Path snapshotFile(Path group) throws IOException {
        try (Stream<Path> files = Files.walk(group)) {
            return files.filter(file -> file.endsWith("keyspace")).findFirst().orElseThrow();
        }
    }
}
