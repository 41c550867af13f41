// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.geo;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Await;
import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.store.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that die, and regions that are down: what becomes of writes, and who can still read. */
final class FailoverIT {
    @TempDir
    private Path folder;

    /** Clients at nodes that stay, at home and afar, count and append while the leader's node dies again and again. */
    @Test
    void writesApplyExactlyOnceWhileLeadersDie() throws Exception {
        ClusterPlan plan =
                new ClusterPlan(List.of("us", "eu"), 3, 10, "timeouts: {request: 40s}\nraft: {election: 600ms}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            String stays = "us-1";
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger acknowledged = new AtomicInteger();
            List<Future<Integer>> writers = new ArrayList<>();
            for (String node : List.of(stays, "eu-1", "eu-2", "eu-3")) {
                writers.add(threads.submit(writer(cluster, node, enough, acknowledged)));
            }
            for (int kill = 0; kill < 3; kill++) {
                int before = acknowledged.get();
                Await.until("writes go on", () -> acknowledged.get() > before + 100);
                String leader = cluster.awaitLeader("us");
                if (leader.equals(stays)) {
                    // Its own client would lose its connection: another one leads first.
                    assertThat(cluster.replica(leader, "us")
                                    .transferLeadership(
                                            java.util.Optional.of("us-2"), java.time.Duration.ofSeconds(10)))
                            .isTrue();
                    Await.until(
                            "another leads", () -> !cluster.awaitLeader("us").equals(stays));
                    leader = cluster.awaitLeader("us");
                }
                cluster.kill(leader);
                int after = acknowledged.get();
                Await.until("writes go on without it", () -> acknowledged.get() > after + 100);
                cluster.start(leader);
            }
            enough.set(true);
            int written = 0;
            for (Future<Integer> writer : writers) {
                written += writer.get();
            }
            check(cluster, written);
        }
    }

    private static Callable<Integer> writer(
            LocalCluster cluster, String node, AtomicBoolean enough, AtomicInteger acknowledged) {
        return () -> {
            try (Client client = cluster.client(node)) {
                int mine = 0;
                while (!enough.get()) {
                    List<String> replies = client.pipeline(List.of("INCR count", "RPUSH list:" + node + " " + mine));
                    assertThat(replies.get(0)).containsOnlyDigits();
                    assertThat(replies.get(1)).isEqualTo(String.valueOf(mine + 1));
                    mine++;
                    acknowledged.incrementAndGet();
                }
                return mine;
            }
        };
    }

    private static void check(LocalCluster cluster, int written) {
        try (Client client = cluster.client("eu-1")) {
            client.run("MERIDIAN CONSISTENCY linearizable");
            assertThat(client.run("GET count")).isEqualTo(String.valueOf(written));
            int listed = 0;
            for (String node : List.of("us-1", "eu-1", "eu-2", "eu-3")) {
                int length = Math.toIntExact(client.number("LLEN list:" + node));
                listed += length;
                assertThat(client.run("LRANGE list:" + node + " 0 -1"))
                        .isEqualTo(IntStream.range(0, length).boxed().toList().toString());
            }
            assertThat(listed).isEqualTo(written);
        }
        awaitEqualDigests(cluster, "us");
    }

    private static void awaitEqualDigests(LocalCluster cluster, String region) {
        Await.until("all replicas are equal", () -> {
            List<Replica.Digest> digests = cluster.plan().nodes().stream()
                    .filter(cluster::isRunning)
                    .map(node -> cluster.replica(node, region).digest())
                    .distinct()
                    .toList();
            return digests.size() == 1;
        });
    }

    @Test
    void aRegionThatIsDownIsStillReadElsewhere() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 0, "timeouts: {request: 1500ms}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                Client far = cluster.client("eu-1")) {
            far.run("SET k before");
            assertThat(far.number("WAIT 1 20000")).isEqualTo(1);

            cluster.kill("us-1");

            // What this session has seen is here, so it is served here.
            assertThat(far.run("GET k")).isEqualTo("before");
            far.run("MERIDIAN CONSISTENCY eventual");
            assertThat(far.run("GET k")).isEqualTo("before");
            Await.until(
                    "its age is told",
                    () -> far.run("GET k").equals("before")
                            && Long.parseLong(far.field("MERIDIAN LAST", "staleness-ms")) > 500);
            assertThat(far.run("SET k meanwhile")).startsWith("-CLUSTERDOWN").contains("nothing was applied");
            assertThat(far.pipeline(List.of("MULTI", "SET k meanwhile", "EXEC")).getLast())
                    .startsWith("-CLUSTERDOWN");
            far.run("MERIDIAN CONSISTENCY linearizable");
            assertThat(far.run("GET k")).startsWith("-CLUSTERDOWN");
            try (Client own = Client.open("eu", cluster.resp("eu-1"), 2, "default", LocalCluster.token("eu"))) {
                // The region's own data needs nobody else.
                assertThat(own.run("SET here 1")).isEqualTo("OK");
                assertThat(own.run("GET here")).isEqualTo("1");
            }

            cluster.start("us-1");

            Await.until("home is back", () -> far.run("GET k").equals("before"));
            assertThat(far.run("SET k after")).isEqualTo("OK");
            assertThat(far.run("GET k")).isEqualTo("after");
        }
    }

    /** A write that waits for its leader is applied once there is one, not failed. */
    @Test
    void writesAreHeldUntilThereIsALeader() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 0, "timeouts: {request: 60s}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                ExecutorService threads = Executors.newCachedThreadPool();
                Client far = cluster.client("eu-1")) {
            far.run("SET k before");
            cluster.kill("us-1");
            Future<List<String>> held =
                    threads.submit(() -> far.pipeline(List.of("INCR n", "GET n", "INCR n", "SET k held", "GET k")));
            Future<String> read = threads.submit(() -> {
                try (Client reader = cluster.client("eu-1")) {
                    reader.run("MERIDIAN CONSISTENCY linearizable");
                    return reader.run("GET k");
                }
            });

            cluster.start("us-1");

            assertThat(held.get()).containsExactly("1", "1", "2", "OK", "held");
            assertThat(read.get()).isIn("before", "held");
        }
    }

    /** What is said of each write is true: OK is there, CLUSTERDOWN is not, UNKNOWN may be. */
    @Test
    void outcomesAreTrue() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 20, "timeouts: {request: 1s}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                ExecutorService threads = Executors.newCachedThreadPool()) {
            AtomicInteger answered = new AtomicInteger();
            List<Future<List<String>>> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int writer = i;
                writers.add(threads.submit(() -> writeUntilRefused(cluster, writer, answered)));
            }
            Await.until("writes go on", () -> answered.get() > 200);
            cluster.kill("us-1");
            List<List<String>> outcomes = new ArrayList<>();
            for (Future<List<String>> writer : writers) {
                outcomes.add(writer.get());
            }
            cluster.start("us-1");

            try (Client client = cluster.client("us-1")) {
                Await.until("home is back", () -> client.run("EXISTS w0:0").equals("1"));
                client.run("MERIDIAN CONSISTENCY linearizable");
                for (int writer = 0; writer < outcomes.size(); writer++) {
                    List<String> replies = outcomes.get(writer);
                    for (int i = 0; i < replies.size(); i++) {
                        String there = client.run("EXISTS w" + writer + ":" + i);
                        switch (replies.get(i).split(" ", 2)[0]) {
                            case "OK" -> assertThat(there).isEqualTo("1");
                            case "-CLUSTERDOWN" -> assertThat(there).isEqualTo("0");
                            case "-UNKNOWN" -> assertThat(there).isIn("0", "1");
                            default -> throw new AssertionError(replies.get(i));
                        }
                    }
                }
            }
            assertThat(outcomes.stream().flatMap(List::stream)).contains("OK").anyMatch(reply -> reply.startsWith("-"));
        }
    }

    private static List<String> writeUntilRefused(LocalCluster cluster, int writer, AtomicInteger answered) {
        List<String> replies = new ArrayList<>();
        try (Client client = cluster.client("eu-1")) {
            while (replies.stream().filter(reply -> reply.startsWith("-")).count() < 2) {
                replies.add(client.run("SET w" + writer + ":" + replies.size() + " v"));
                answered.incrementAndGet();
            }
        }
        return replies;
    }

    @Test
    void allNodesStartAgainWithAllData() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 3, 0, "");
        int keys = 3_000;
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                Client client = cluster.client("eu-2")) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                lines.add("SET k" + i + " " + "v".repeat(i % 200) + i);
            }
            assertThat(client.pipeline(lines)).containsOnly("OK");
            client.run("SET ends v PX 600000");
        }
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                Client client = cluster.client("eu-3")) {
            client.run("MERIDIAN CONSISTENCY linearizable");
            for (int i = 0; i < keys; i += 50) {
                assertThat(client.run("GET k" + i)).isEqualTo("v".repeat(i % 200) + i);
            }
            assertThat(client.number("DBSIZE")).isEqualTo(keys + 1);
            assertThat(client.number("PTTL ends")).isBetween(1L, 600_000L);
            awaitEqualDigests(cluster, "us");
        }
    }
}
