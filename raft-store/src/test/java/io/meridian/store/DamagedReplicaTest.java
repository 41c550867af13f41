// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.SnapshotReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A replica whose files are damaged takes no part, says what to do, and deletes nothing; the others go on. */
final class DamagedReplicaTest {
    private static final String DESCRIPTION = "__raft_snapshot_meta";

    @TempDir
    Path directory;

    @Test
    void aVoterWithADamagedVoteIsRefusedAndTheOthersGoOn() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            cluster.stop("b");
            damage(cluster.groupDirectoryOf("b").resolve("meta").resolve("vote"));

            assertThatThrownBy(() -> cluster.start("b"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("the record of its vote is unusable")
                    .hasMessageContaining("is damaged")
                    .hasMessageContaining("this node votes in group here/0");
            assertThat(client.run(cluster, "GET k").replies()).containsExactly(Reply.Bulk.of("v"));
        }
    }

    @Test
    void aVoterWithADamagedDescriptionOfItsSnapshotIsRefusedAndTheOthersGoOn() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            cluster.awaitEqualDigests();
            awaitSnapshot(cluster.replica("b"));
            cluster.stop("b");
            Path description = find(cluster.groupDirectoryOf("b"), DESCRIPTION);
            byte[] damaged = damage(description);

            assertThatThrownBy(() -> cluster.start("b"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("the description of the snapshot in " + description.getParent())
                    .hasMessageContaining("this node votes in group here/0");
            assertThat(Files.readAllBytes(description)).isEqualTo(damaged);
            assertThat(description.resolveSibling("keyspace")).exists();
            assertThat(client.run(cluster, "GET k").replies()).containsExactly(Reply.Bulk.of("v"));
        }
    }

    @Test
    void aLearnersDamagedCopyIsRefusedAndCopiedAnewOnceItIsRemoved() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            cluster.awaitEqualDigests();
            awaitSnapshot(cluster.replica("far"));
            cluster.stop("far");
            Path group = cluster.groupDirectoryOf("far");
            damage(find(group, DESCRIPTION));

            assertThatThrownBy(() -> cluster.start("far"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("remove " + group + " and start the node again")
                    .hasMessageContaining("it only learns group here/0");
            deleteAll(group);
            Replica again = cluster.start("far").replica();

            eventually("it serves", again::isServing);
            assertThat(TestClient.read(again, "GET k")).isEqualTo(Reply.Bulk.of("v"));
            client.run(cluster, "SET k w");
            cluster.awaitEqualDigests();
        }
    }

    /** It cannot send it to a replica that is behind; another leader can. */
    @Test
    void aLeaderWithADamagedSnapshotStopsRatherThanSendIt() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            cluster.stop("far");
            // Twice: the log is kept back to the snapshot before the last.
            for (int i = 0; i < 2; i++) {
                client.run(cluster, "SET k " + i);
                cluster.awaitEqualDigests();
                for (String node : List.of("a", "b", "c")) {
                    awaitSnapshot(cluster.replica(node));
                }
            }
            Replica leader = cluster.leader();
            damage(find(cluster.groupDirectoryOf(cluster.leaderName()), DESCRIPTION));

            Replica far = cluster.start("far").replica();

            eventually("it has stopped", () -> leader.problem().isPresent());
            eventually("the learner is served by another leader", far::isServing);
            assertThat(far.counters().snapshotsLoaded()).isEqualTo(1);
            assertThat(TestClient.read(far, "GET k")).isEqualTo(Reply.Bulk.of("1"));
            assertThat(client.run(cluster, "GET k").replies()).containsExactly(Reply.Bulk.of("1"));
        }
    }

    /** Else it would have lost its own for one that it cannot load. */
    @Test
    void aDamagedSnapshotThatIsSentDoesNotTakeThePlaceOfTheReceivers() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            cluster.awaitEqualDigests();
            awaitSnapshot(cluster.replica("far"));
            cluster.stop("far");
            for (int i = 0; i < 2; i++) {
                client.run(cluster, "SET k " + i);
                awaitSnapshot(cluster.leader());
            }
            damage(find(cluster.groupDirectoryOf(cluster.leaderName()), "keyspace"));

            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            lines.list = new CopyOnWriteArrayList<>();
            lines.start();
            ((Logger) LoggerFactory.getLogger(SealedSnapshots.class)).addAppender(lines);
            Replica far = cluster.start("far").replica();
            eventually(
                    "it has been sent",
                    () -> lines.list.stream()
                            .anyMatch(line -> line.getFormattedMessage().contains("does not take the place of")));
            // What came is looked at in a folder of its own; then nothing comes for some seconds.
            Path received = cluster.groupDirectoryOf("far").resolve("snapshot").resolve("temp");
            eventually("what came is deleted", () -> !Files.exists(received));
            assertThat(far.problem()).isEmpty();
            try (InputStream own = Files.newInputStream(find(cluster.groupDirectoryOf("far"), "keyspace"))) {
                SnapshotReader.check(own);
            }

            client.run(cluster, "SET k good");
            awaitSnapshot(cluster.leader());
            eventually(
                    "it has the leader's next",
                    () -> far.isServing() && TestClient.read(far, "GET k").equals(Reply.Bulk.of("good")));
        }
    }

    /** Changes one bit in the middle; gives the content after it. */
    private static byte[] damage(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        content[content.length / 2] ^= 1;
        Files.write(file, content);
        return content;
    }

    private static void awaitSnapshot(Replica replica) {
        eventually("a snapshot is saved", () -> {
            CompletableFuture<Boolean> saved = new CompletableFuture<>();
            replica.snapshot(saved::complete);
            return TestClient.get(saved);
        });
    }

    private static Path find(Path under, String name) throws IOException {
        try (Stream<Path> files = Files.walk(under)) {
            return files.filter(file -> file.endsWith(name)).findFirst().orElseThrow();
        }
    }

    private static void deleteAll(Path path) throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
