// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store uses only a directory that is its own and whole. */
final class StoreTest {
    @TempDir
    Path directory;

    @Test
    void theDirectoryOfAnotherNodeIsRefused() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b"), List.of())) {
            cluster.startAll();
            cluster.stop("a");
            cluster.stop("b");
            deleteAll(cluster.directoryOf("b"));
            Files.move(cluster.directoryOf("a"), cluster.directoryOf("b"));

            assertThatThrownBy(() -> cluster.start("b"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("belongs to node 'a', not to 'b'");
        }
    }

    @Test
    void aDirectoryOfANewerFormatIsRefused() throws Exception {
        try (StoreCluster cluster = single()) {
            Path file = cluster.directoryOf("a").resolve("node");
            Files.writeString(file, Files.readString(file).replace("format=2", "format=3"));

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("format 3")
                    .hasMessageContaining("this version knows 2");
        }
    }

    @Test
    void aDirectoryInUseIsRefused() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of());
                StoreCluster other = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();

            assertThatThrownBy(() -> other.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aReplicaWithoutItsLogIsRefused() throws Exception {
        try (StoreCluster cluster = single()) {
            deleteAll(cluster.groupDirectoryOf("a").resolve("log"));

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("has lost its log")
                    .hasMessageContaining("votes in group")
                    .hasMessageContaining("must not come back");
        }
    }

    @Test
    void aReplicaWithoutItsVoteIsRefused() throws Exception {
        try (StoreCluster cluster = single()) {
            deleteAll(cluster.groupDirectoryOf("a").resolve("meta"));

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("record of its vote");
        }
    }

    @Test
    void filesOfAReplicaWithoutItsIdentityAreRefused() throws Exception {
        try (StoreCluster cluster = single()) {
            Files.delete(cluster.groupDirectoryOf("a").resolve("replica"));

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("nothing that says whose");
        }
    }

    @Test
    void aLogThatCannotBeOpenedIsRefusedAndOtherGroupsGoOn() throws Exception {
        Membership here = new Membership(StoreCluster.GROUP, List.of("a"), List.of());
        Membership there = new Membership("there/1", List.of("a"), List.of());
        try (StoreCluster cluster = single()) {
            Replica before = cluster.start("a").store().start(there);
            Eventually.eventually("the other group has a leader", before::isLeader);
            TestClient.untilApplied(() -> before, new TestClient().bundle("SET k there"));
            cluster.stop("a");
            Files.writeString(cluster.groupDirectoryOf("a").resolve("log").resolve("CURRENT"), "nonsense\n");

            try (StoreCluster.Opened node = cluster.open("a")) {
                assertThatThrownBy(() -> node.store().start(here))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("does not start");
                Replica after = node.store().start(there);

                Eventually.eventually("the other group has a leader", after::isLeader);
                assertThat(TestClient.get(TestClient.readLinearizable(after, "GET k")))
                        .isEqualTo(Reply.Bulk.of("there"));
                assertThat(node.store().replicas()).containsExactly(after);
            }
        }
    }

    @Test
    void aVoterWhoseDiskWasLostStopsAndTheOthersGoOn() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of())) {
            cluster.startAll();
            new TestClient().run(cluster, "SET k v");
            for (String node : cluster.nodes()) {
                Eventually.eventually(
                        "all know each other",
                        () -> read(cluster.groupDirectoryOf(node).resolve("peers"))
                                        .lines()
                                        .count()
                                == 4);
            }
            cluster.stop("c");
            deleteAll(cluster.directoryOf("c"));

            Replica lost = cluster.start("c").replica();

            Eventually.eventually("it has stopped", () -> lost.problem().isPresent());
            assertThat(lost.problem().orElseThrow())
                    .contains("its disk was lost")
                    .contains("another name");
            assertThat(lost.isServing()).isFalse();
            assertThat(TestClient.read(lost, "GET k")).isInstanceOf(Reply.Failure.class);
            assertThat(new TestClient().run(cluster, "GET k").replies()).containsExactly(Reply.Bulk.of("v"));
        }
    }

    @Test
    void aLogThatHasLostEntriesIsRefused() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            cluster.startAll();
            long index = new TestClient().run(cluster, "SET k v").index();
            Path floor = cluster.groupDirectoryOf("a").resolve("floor");
            Eventually.eventually(
                    "it remembers how far it was", () -> read(floor).contains("index=" + index));
            cluster.stop("a");
            // As if a damaged record had made RocksDB drop what follows it.
            new IdentityFile(cluster.groupDirectoryOf("a"), "floor").write(Map.of("index", Long.toString(index + 5)));

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("its log ends at " + index)
                    .hasMessageContaining("up to " + (index + 5));
        }
    }

    @Test
    void aStoreIsClosedWhollyByAThreadThatIsInterrupted() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b"), List.of())) {
            cluster.startAll();
            Store store = cluster.running(cluster.leaderName()).store();

            Thread.currentThread().interrupt();
            store.close();

            assertThat(Thread.interrupted()).isTrue();
            assertThat(Thread.getAllStackTraces().values())
                    .noneMatch(stack -> Arrays.stream(stack)
                            .anyMatch(frame -> frame.getClassName().equals(Replica.class.getName())
                                    && frame.getMethodName().equals("close")));
        }
    }

    @Test
    void manyGroupsLiveInOneStore() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of())) {
            Store store = cluster.start("a").store();
            Replica other = store.start(new Membership("there/1", List.of("a"), List.of()));
            cluster.leader();
            Eventually.eventually("the other group has a leader", other::isLeader);

            new TestClient().run(cluster, "SET k here");
            TestClient.untilApplied(() -> other, new TestClient().bundle("SET k there"));

            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET k")))
                    .isEqualTo(Reply.Bulk.of("here"));
            assertThat(TestClient.get(TestClient.readLinearizable(other, "GET k")))
                    .isEqualTo(Reply.Bulk.of("there"));
            assertThat(store.replicas()).hasSize(2);
            assertThatThrownBy(() -> store.start(new Membership("else/0", List.of("b"), List.of())))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no part");
        }
    }

    /** A store of one replica that was used and closed. */
    private StoreCluster single() throws IOException, StoreException {
        StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of());
        cluster.startAll();
        new TestClient().run(cluster, "SET k v");
        Eventually.eventually(
                "it knows that it has started",
                () -> read(cluster.groupDirectoryOf("a").resolve("replica")).contains("started"));
        cluster.stop("a");
        return cluster;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException replaced) {
            return "";
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
