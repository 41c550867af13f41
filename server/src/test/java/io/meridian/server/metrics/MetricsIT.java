// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Await;
import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.RunningCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the metrics say of work that was done. */
final class MetricsIT {
    private static final int SETS = 7;
    private static final int GETS = 3;

    @RegisterExtension
    private static final RunningCluster CLUSTER = new RunningCluster(new ClusterPlan(List.of("us", "eu"), 1, 0, ""));

    @Test
    void aLeaderAndALearnerTellWhatTheyDid() throws Exception {
        Map<String, Double> before = scrape("us-1");
        try (Client client = CLUSTER.get().client("us-1")) {
            for (int i = 0; i < SETS; i++) {
                assertThat(client.run("SET k " + i)).isEqualTo("OK");
            }
            for (int i = 0; i < GETS; i++) {
                client.run("GET k");
            }
        }
        long written = CLUSTER.get().replica("us-1", "us").commitIndex();
        for (String node : List.of("us-1", "eu-1")) {
            Await.until(
                    node + " has applied what was written",
                    () -> CLUSTER.get().replica(node, "us").appliedIndex() >= written);
        }

        Map<String, Double> leader = scrape("us-1");
        Map<String, Double> learner = scrape("eu-1");

        assertThat(grown(before, leader, "meridian_commands_total{command=\"get\"}"))
                .isEqualTo(GETS);
        assertThat(grown(before, leader, "meridian_commands_total{command=\"set\"}"))
                .isEqualTo(SETS);
        assertThat(learner.get("meridian_commands_total{command=\"get\"}")).isZero();
        // One client, one command at a time: each is an entry of its own.
        assertThat(grown(before, leader, "meridian_group_batch_commands_count{group=\"us/0\"}"))
                .isGreaterThanOrEqualTo(SETS);
        assertThat(grown(before, leader, "meridian_group_batch_commands_sum{group=\"us/0\"}"))
                .isGreaterThanOrEqualTo(SETS);
        assertThat(grown(before, leader, "meridian_group_commit_seconds_count{group=\"us/0\"}"))
                .isGreaterThanOrEqualTo(SETS);
        assertThat(grown(before, leader, "meridian_group_commit_seconds_sum{group=\"us/0\"}"))
                .isPositive();
        for (Map<String, Double> seen : List.of(leader, learner)) {
            assertThat(seen.get("meridian_group_applied_index{group=\"us/0\"}"))
                    .isGreaterThanOrEqualTo((double) written);
            assertThat(seen.get("meridian_group_applied_index{group=\"us/0\"}"))
                    .isEqualTo(seen.get("meridian_group_committed_index{group=\"us/0\"}"));
            assertThat(seen.get("meridian_group_lag_entries{group=\"us/0\"}")).isZero();
        }
        assertThat(leader.get("meridian_group_leader{group=\"us/0\"}")).isEqualTo(1);
        assertThat(leader.get("meridian_group_staleness_seconds{group=\"us/0\"}"))
                .isZero();
        assertThat(learner.get("meridian_group_leader{group=\"us/0\"}")).isZero();
        // Not NaN: it has heard of its leader; and of late.
        assertThat(learner.get("meridian_group_staleness_seconds{group=\"us/0\"}"))
                .isBetween(0.0, 30.0);
    }

    /** Prometheus takes a counter that falls for a restart. */
    @Test
    void infosCountersAreSetBackAndTheMetricsGoOn() throws Exception {
        String echoes = "meridian_commands_total{command=\"echo\"}";
        Map<String, Double> before = scrape("us-1");
        try (Client client = CLUSTER.get().client("us-1")) {
            for (int i = 0; i < 20; i++) {
                client.run("ECHO e");
            }
            client.run("NOSUCH");
            assertThat(client.run("CONFIG RESETSTAT")).isEqualTo("OK");
            String stats = client.run("INFO stats");

            // Of what came after, RESETSTAT itself and this INFO at most.
            assertThat(stats)
                    .containsPattern("total_commands_processed:[012]\\b")
                    .contains("rejected_commands:0", "total_connections_received:0");
            assertThat(grown(before, scrape("us-1"), echoes)).isEqualTo(20);
        }
    }

    /** The columns of redis-cli --stat. */
    @Test
    void infoCountsConnections() {
        try (Client client = CLUSTER.get().client("us-1")) {
            client.run("CONFIG RESETSTAT");
            for (int i = 0; i < 3; i++) {
                try (Client another = CLUSTER.get().client("us-1")) {
                    another.run("PING");
                }
            }

            assertThat(client.run("INFO stats")).contains("total_connections_received:3\r\n");
            assertThat(client.run("INFO clients")).contains("blocked_clients:0\r\n");
        }
    }

    /** Those of both ports, also while they ask nothing. */
    @Test
    void infoCountsClientsByTheirConnections() throws IOException {
        InetSocketAddress http = CLUSTER.get().node("us-1").restAddress();
        try (Client client = CLUSTER.get().client("us-1");
                Socket _ = new Socket(http.getAddress(), http.getPort());
                Socket _ = new Socket(http.getAddress(), http.getPort())) {
            Await.until("all are connected", () -> client.run("INFO clients").contains("connected_clients:3\r\n"));
        }
    }

    /** Whoever leads, every node takes writes; a client library that is told of a slave sends it none. */
    @Test
    void everyNodeIsAMasterToAClient() {
        for (String node : List.of("us-1", "eu-1")) {
            try (Client client = CLUSTER.get().client(node)) {
                assertThat(client.run("INFO replication"))
                        .as(node)
                        .endsWith("# Replication\r\nrole:master\r\nconnected_slaves:0\r\n");
                assertThat(client.run("ROLE")).as(node).startsWith("[master");
                assertThat(client.field("HELLO", "role")).as(node).isEqualTo("master");
            }
        }
        try (Client far = CLUSTER.get().client("eu-1")) {
            assertThat(far.run("INFO meridian")).containsPattern("name=us/0,role=learner,");
        }
    }

    private static double grown(Map<String, Double> before, Map<String, Double> after, String name) {
        return after.getOrDefault(name, Double.NaN) - before.getOrDefault(name, Double.NaN);
    }

    /** Every line of a node's metrics: its name with labels, and its value. */
    private static Map<String, Double> scrape(String node) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String url = CLUSTER.get().adminUrl(node) + "/metrics";
            return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body()
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.toMap(
                            line -> line.substring(0, line.lastIndexOf(' ')),
                            line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
        }
    }
}
