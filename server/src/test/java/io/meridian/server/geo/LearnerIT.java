// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.geo;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.testing.differential.RespValue;
import io.meridian.server.testing.Await;
import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.Rest;
import io.meridian.store.Replica;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas far from home: how they come to all the data, and how large values come to them. */
final class LearnerIT {
    @TempDir
    private Path folder;

    /** One voter is a quorum by itself: nothing that a learner hears while nobody writes makes it apply its log. */
    @Test
    void aLearnerOfALoneVoterStartsAgainWithoutAWrite() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 0, "");
        try (LocalCluster cluster = LocalCluster.start(plan, folder)) {
            cluster.awaitLeader("us");
            try (Client client = cluster.client("us-1");
                    Client far = cluster.client("eu-1")) {
                client.run("SET before restart");
                far.run("MERIDIAN SYNC " + client.run("MERIDIAN TOKEN"));
            }

            cluster.stop("eu-1");
            cluster.start("eu-1");

            Await.until("it serves", () -> cluster.replica("eu-1", "us").isServing());
            try (Client far = cluster.client("eu-1")) {
                far.run("MERIDIAN CONSISTENCY eventual");
                assertThat(far.run("GET before")).isEqualTo("restart");
                assertThat(far.field("MERIDIAN LAST", "node")).isEqualTo("eu-1");
            }
        }
    }

    @Test
    void aNodeThatStartsLateInstallsASnapshot() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 150, "");
        try (LocalCluster cluster = LocalCluster.start(plan, folder, List.of("us-1"))) {
            cluster.awaitLeader("us");
            try (Client client = cluster.client("us-1")) {
                fill(client, 3_000);
                // Twice: the log is kept back to the snapshot before the last.
                for (int i = 0; i < 2; i++) {
                    client.run("SET turn " + i);
                    assertThat(snapshot(cluster.replica("us-1", "us"))).isTrue();
                }
                client.run("SET after snapshot");
            }

            cluster.start("eu-1");

            Replica learner = cluster.replica("eu-1", "us");
            try (Client far = cluster.client("eu-1")) {
                // Meanwhile it shows nothing of its own, and everything is read at home.
                assertThat(far.run("GET after")).isIn("snapshot", "(nil)");
                far.run("MERIDIAN CONSISTENCY linearizable");
                assertThat(far.run("GET after")).isEqualTo("snapshot");
                Await.until("it has the snapshot", () -> learner.counters().snapshotsLoaded() == 1);
                far.run("MERIDIAN CONSISTENCY session");
                assertThat(far.run("SET late yes")).isEqualTo("OK");
                Await.until(
                        "it has all",
                        () -> learner.digest()
                                .equals(cluster.replica("us-1", "us").digest()));
                assertThat(far.run("GET k2999")).hasSize(1_000);
                assertThat(far.field("MERIDIAN LAST", "node")).isEqualTo("eu-1");
                assertThat(far.number("DBSIZE")).isEqualTo(3_003);
            }
        }
    }

    private static void fill(Client client, int keys) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            lines.add("SET k" + i + " " + String.valueOf(i % 10).repeat(1_000));
        }
        assertThat(client.pipeline(lines)).containsOnly("OK");
    }

    private static boolean snapshot(Replica replica) {
        CompletableFuture<Boolean> saved = new CompletableFuture<>();
        replica.snapshot(saved::complete);
        return saved.join();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64})
    void largeValuesGoThroughAFarRegion(int mebibytes) throws Exception {
        byte[] value = new byte[mebibytes << 20];
        new Random(mebibytes).nextBytes(value);
        ClusterPlan plan =
                new ClusterPlan(List.of("us", "eu"), 1, 10, "limits: {request-bytes: 70MiB, reply-bytes: 70MiB}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                Client far = cluster.client("eu-1");
                Client home = cluster.client("us-1")) {
            assertThat(Client.text(far.ask(Bytes.of("SET"), Bytes.of("large"), Bytes.of(value))))
                    .isEqualTo("OK");

            assertThat(home.ask("GET large")).isEqualTo(new RespValue.Bulk(Bytes.of(value)));
            assertThat(far.ask("GET large")).isEqualTo(new RespValue.Bulk(Bytes.of(value)));
            assertThat(far.number("WAIT 1 60000")).isEqualTo(1);
            far.run("MERIDIAN CONSISTENCY eventual");
            assertThat(far.ask("GET large")).isEqualTo(new RespValue.Bulk(Bytes.of(value)));
            far.run("MERIDIAN CONSISTENCY linearizable");
            assertThat(far.ask("GET large")).isEqualTo(new RespValue.Bulk(Bytes.of(value)));
            // Beside it, small things still go.
            assertThat(far.run("APPEND small x")).isEqualTo("1");
            assertThat(far.run("STRLEN large")).isEqualTo(String.valueOf(value.length));
        }
    }

    @Test
    void whatIsOverTheLimitIsRefusedAndNothingIsApplied() throws Exception {
        ClusterPlan plan = new ClusterPlan(List.of("us", "eu"), 1, 0, "limits: {request-bytes: 1MiB}\n");
        try (LocalCluster cluster = LocalCluster.start(plan, folder);
                Client home = cluster.client("us-1");
                Rest rest = Rest.open(cluster.restUrl("eu-1"), LocalCluster.token("us"))) {
            Rest.Answer refused = rest.send("[\"SET\",\"large\",\"" + "v".repeat(2 << 20) + "\"]");

            assertThat(refused.status()).isIn(400, 413);
            assertThat(refused.body()).contains("max request size exceeded");
            assertThat(home.run("EXISTS large")).isEqualTo("0");
            assertThat(home.run("SET " + "k".repeat(40_000) + " v")).contains("max key size exceeded");
        }
    }
}
