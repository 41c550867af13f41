// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.store.TestClient.Fate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up. */
final class FullDiskTest {
    private static final int VALUE_BYTES = 64 << 10;
    private static final int WRITES_MAX = 4_000;

    @TempDir
    Path directory;

    @Test
    void writesAreRefusedBeforeTheDiskIsFullAndNothingIsLost() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 160);
                StoreCluster cluster = new StoreCluster(disk.folder(), List.of("a"), List.of())) {
            cluster.tuning(cluster.tuning().withFreeBytesMin(64 * SmallDisk.MIB));
            cluster.startAll();
            Replica leader = cluster.leader();
            TestClient client = new TestClient();
            Bytes value = Bytes.of(new byte[(int) SmallDisk.MIB]);
            int applied = 0;
            Fate last = new Fate.Applied(List.of(), 0);

            // Slower than the store looks at its disk: it must refuse in time.
            while (last instanceof Fate.Applied && applied < 200) {
                last = TestClient.get(TestClient.submit(
                        leader,
                        client.bundle(List.of(Args.of(List.of(Bytes.of("SET"), Bytes.of("k" + applied), value))))));
                applied += last instanceof Fate.Applied ? 1 : 0;
                long ticks = leader.counters().readIndexes();
                int written = applied;
                if (written % 8 == 0) {
                    eventually("time passes", () -> leader.counters().readIndexes() > ticks);
                }
            }

            assertThat(last).isEqualTo(new Fate.Failed(Outcome.TAKES_NO_WRITES, "no space left on the leader's disk"));
            assertThat(applied).isBetween(10, 150);
            assertThat(leader.problem()).isEmpty();
            cluster.stop("a");
            Replica again = cluster.start("a").replica();
            eventually("it leads", again::isLeader);
            assertThat(TestClient.get(TestClient.readLinearizable(again, "STRLEN k" + (applied - 1))))
                    .isEqualTo(new Reply.Int(SmallDisk.MIB));
        }
    }

    /** Another program takes the last bytes, faster than the store looks. */
    @Test
    void aLoneVoterWithoutSpaceStopsLoudlyAndComesBackWithAllThatItAcknowledged() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 160);
                StoreCluster cluster = new StoreCluster(disk.folder(), List.of("a"), List.of())) {
            cluster.startAll();
            Replica leader = cluster.leader();
            TestClient client = new TestClient();
            write(client, leader, 0, 100);
            disk.fill(2 * SmallDisk.MIB);

            int acknowledged = 100 + write(client, leader, 100, WRITES_MAX);

            assertThat(acknowledged).isLessThan(WRITES_MAX);
            eventually("it has stopped", () -> leader.problem().isPresent());
            assertThat(TestClient.get(client.send(leader, "SET late x")))
                    .isInstanceOfSatisfying(
                            Fate.Failed.class,
                            failed -> assertThat(failed.outcome()).isEqualTo(Outcome.NOT_APPLIED));
            cluster.stop("a");
            disk.fill(0);
            assertThatThrownBy(() -> cluster.start("a")).isInstanceOf(StoreException.class);

            disk.free();

            Replica again = cluster.start("a").replica();
            eventually("it leads", again::isLeader);
            assertAllThere(again, acknowledged);
            assertThat(TestClient.get(TestClient.readLinearizable(again, "GET late")))
                    .isEqualTo(Reply.NIL);
            assertThat(TestClient.get(client.send(again, "SET after x"))).isInstanceOf(Fate.Applied.class);
        }
    }

    @Test
    void aGroupGoesOnWithoutTheVoterThatHasNoSpaceAndTakesItBack() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("a"), 160);
                StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of())) {
            cluster.startAll();
            TestClient client = new TestClient();
            Replica full = cluster.replica("a");
            eventually("it knows a leader", () -> full.leader().isPresent());
            disk.fill(2 * SmallDisk.MIB);

            int acknowledged = 0;
            while (full.problem().isEmpty() && acknowledged < WRITES_MAX) {
                TestClient.untilApplied(cluster::leader, set(client, acknowledged++));
            }

            assertThat(full.problem()).isPresent();
            TestClient.untilApplied(cluster::leader, set(client, acknowledged++));
            cluster.stop("a");
            disk.free();
            Replica again = cluster.start("a").replica();
            eventually("it serves", again::isServing);
            cluster.awaitEqualDigests();
            assertAllThere(cluster.leader(), acknowledged);
        }
    }

    @Test
    void aSnapshotThatFindsNoSpaceIsDroppedAndTheReplicaGoesOn() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(directory.resolve("disk"), 256);
                StoreCluster cluster = new StoreCluster(disk.folder(), List.of("a"), List.of())) {
            cluster.startAll();
            Replica leader = cluster.leader();
            TestClient client = new TestClient();
            for (int i = 0; i < 400; i++) {
                client.run(cluster, manyKeys(i));
            }
            // Enough for the store to begin, not for all of it; and the rest goes as soon as it has begun.
            disk.fill(18 * SmallDisk.MIB);
            Path file = cluster.groupDirectoryOf("a").resolve("snapshot/temp/keyspace");
            CompletableFuture<Boolean> saved = new CompletableFuture<>();
            leader.snapshot(saved::complete);
            while (!Files.exists(file) && !saved.isDone()) {
                Thread.onSpinWait();
            }
            disk.fill(0);

            assertThat(TestClient.get(saved)).isFalse();
            disk.free();
            assertThat(leader.problem()).isEmpty();
            assertThat(file).doesNotExist();
            client.run(cluster, "SET after x");
            CompletableFuture<Boolean> next = new CompletableFuture<>();
            leader.snapshot(next::complete);
            assertThat(TestClient.get(next)).isTrue();
        }
    }

    private static String manyKeys(int from) {
        StringBuilder line = new StringBuilder("MSET");
        for (int i = 0; i < 1_000; i++) {
            line.append(" k")
                    .append(from)
                    .append(':')
                    .append(i)
                    .append(" a-value-of-some-length-that-takes-sixty-bytes-on-a-disk");
        }
        return line.toString();
    }

    private static Bundle set(TestClient client, int number) {
        return client.bundle(
                List.of(Args.of(List.of(Bytes.of("SET"), Bytes.of("k" + number), Bytes.of(new byte[VALUE_BYTES])))));
    }

    /** Writes one after the other until one is not applied; gives how many were. */
    private static int write(TestClient client, Replica leader, int from, int most) {
        for (int i = 0; i < most; i++) {
            if (!(TestClient.get(TestClient.submit(leader, set(client, from + i))) instanceof Fate.Applied)) {
                return i;
            }
        }
        return most;
    }

    private static void assertAllThere(Replica replica, int writes) {
        for (int i = 0; i < writes; i++) {
            assertThat(TestClient.get(TestClient.readLinearizable(replica, "STRLEN k" + i)))
                    .as("k" + i)
                    .isEqualTo(new Reply.Int(VALUE_BYTES));
        }
    }
}
