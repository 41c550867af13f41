// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.geo;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Await;
import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.Rest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three regions with a network between them that takes its time: what each level of reads is promised. */
final class ConsistencyIT {
    private static final long ROUND_TRIP_MILLIS = 40;

    @TempDir
    private static Path folder;

    private static LocalCluster cluster;

    @BeforeAll
    static void start() throws Exception {
        cluster = LocalCluster.start(ClusterPlan.threeRegions(1).withRoundTripMillis(ROUND_TRIP_MILLIS), folder);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void usualNetwork() {
        cluster.roundTripMillis(ROUND_TRIP_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"eu-1", "ap-1"})
    void whatHomeWroteIsReadElsewhereAtEachLevel(String node) {
        try (Client home = cluster.client("us-1");
                Client far = cluster.client(node)) {
            for (int i = 0; i < 20; i++) {
                String value = node + i;
                home.run("SET k " + value);
                far.run("MERIDIAN CONSISTENCY linearizable");
                assertThat(far.run("GET k")).isEqualTo(value);
                // It has seen it now, and must never see less.
                far.run("MERIDIAN CONSISTENCY session");
                assertThat(far.run("GET k")).isEqualTo(value);
                far.run("MERIDIAN CONSISTENCY eventual");
                Await.until("eventually", () -> far.run("GET k").equals(value));
            }
        }
    }

    /** The write is done at home long before any message of it can be elsewhere. */
    @Test
    void eventualReadsTellTheirAge() {
        cluster.roundTripMillis(3_000);
        try (Client home = cluster.client("us-1");
                Client far = cluster.client("eu-1")) {
            home.run("SET old 0");
            far.run("MERIDIAN CONSISTENCY eventual");
            Await.until("it arrives", () -> far.run("GET old").equals("0"));
            for (int i = 1; true; i++) {
                long before = System.nanoTime();
                home.run("SET old " + i);
                String seen = far.run("GET old");
                if (System.nanoTime() - before > TimeUnit.MILLISECONDS.toNanos(1_500)) {
                    // This machine was too busy: the message may have been there.
                    continue;
                }
                assertThat(seen).isNotEqualTo(String.valueOf(i));
                assertThat(far.field("MERIDIAN LAST", "region")).isEqualTo("eu");
                assertThat(far.field("MERIDIAN LAST", "node")).isEqualTo("eu-1");
                assertThat(far.field("MERIDIAN LAST", "level")).isEqualTo("eventual");
                assertThat(Long.parseLong(far.field("MERIDIAN LAST", "staleness-ms")))
                        .isGreaterThan(1_000);
                assertThat(home.run("GET old")).isEqualTo(String.valueOf(i));
                assertThat(home.field("MERIDIAN LAST", "region")).isEqualTo("us");
                assertThat(far.run("INFO meridian")).contains("name=us/0,role=learner", "staleness_ms=");
                assertThat(far.run("INFO keyspace")).contains("db0:keys=", ",expires=0,avg_ttl=0");
                return;
            }
        }
    }

    @Test
    void linearizableReadsAreServedAtHome() {
        try (Client far = cluster.client("ap-1")) {
            far.run("MERIDIAN CONSISTENCY linearizable");
            far.run("SET lin 1");

            assertThat(far.run("GET lin")).isEqualTo("1");
            assertThat(far.field("MERIDIAN LAST", "region")).isEqualTo("us");
            assertThat(far.field("MERIDIAN LAST", "node")).isEqualTo("us-1");
            assertThat(far.field("MERIDIAN LAST", "level")).isEqualTo("linearizable");
        }
    }

    /** With a learner that will not have it for long, the read goes home. */
    @Test
    void sessionsReadTheirWritesFromAfar() {
        try (Client far = cluster.client("ap-1");
                Client other = cluster.client("eu-1")) {
            for (int i = 0; i < 30; i++) {
                assertThat(far.run("SET mine " + i)).isEqualTo("OK");
                assertThat(far.run("GET mine")).isEqualTo(String.valueOf(i));
                // Another session gets it with the token, and its own later write is seen with its token.
                assertThat(other.run("MERIDIAN SYNC " + far.run("MERIDIAN TOKEN") + " 10000"))
                        .isEqualTo("OK");
                assertThat(other.run("GET mine")).isEqualTo(String.valueOf(i));
            }
        }
    }

    @Test
    void tokensGoBetweenRespAndRest() {
        try (Client resp = cluster.client("ap-1");
                Rest rest = Rest.open(cluster.restUrl("eu-1"), LocalCluster.token("us"))) {
            for (int i = 0; i < 20; i++) {
                Rest.Answer wrote = rest.send("[\"SET\",\"handed\",\"rest " + i + "\"]");
                assertThat(resp.run("MERIDIAN SYNC " + wrote.syncToken() + " 10000"))
                        .isEqualTo("OK");
                assertThat(resp.run("GET handed")).isEqualTo("rest " + i);

                resp.run("SET handed resp" + i);
                Rest.Answer read = rest.sendAfter(resp.run("MERIDIAN TOKEN"), "[\"GET\",\"handed\"]");
                assertThat(read.body()).isEqualTo("{\"result\":\"resp" + i + "\"}");
                assertThat(read.headers().get("meridian-consistency")).isEqualTo("session");
            }
            assertThat(resp.run("MERIDIAN SYNC nonsense")).startsWith("-ERR not a session token");
            assertThat(rest.sendAfter("nonsense", "[\"GET\",\"handed\"]").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void restTellsWhatAReadWasGiven() {
        try (Rest rest = Rest.open(cluster.restUrl("eu-1"), LocalCluster.token("us"))) {
            rest.send("[\"SET\",\"k\",\"v\"]");
            Rest.Answer near = rest.send("[\"GET\",\"k\"]", Map.of("Meridian-Consistency", "eventual"));
            Rest.Answer home = rest.send("[\"GET\",\"k\"]", Map.of("Meridian-Consistency", "linearizable"));

            assertThat(near.headers()).containsEntry("meridian-served-by", "eu/eu-1");
            assertThat(Long.parseLong(near.headers().get("meridian-staleness-ms")))
                    .isNotNegative();
            assertThat(home.headers())
                    .containsEntry("meridian-served-by", "us/us-1")
                    .containsEntry("meridian-staleness-ms", "0");
        }
    }

    /** A round trip each would take minutes, and an entry each would show in the leader's count. */
    @Test
    void anAlternatingPipelineFromAfarIsAFewEntries() {
        int pairs = 500;
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            lines.add("SET alternating " + i);
            lines.add("GET alternating");
        }
        try (Client far = cluster.client("ap-1")) {
            long before = cluster.replica("us-1", "us").counters().entries();

            List<String> replies = far.pipeline(lines);

            for (int i = 0; i < pairs; i++) {
                assertThat(replies.get(2 * i)).isEqualTo("OK");
                assertThat(replies.get(2 * i + 1)).isEqualTo(String.valueOf(i));
            }
            assertThat(cluster.replica("us-1", "us").counters().entries() - before)
                    .isLessThan(pairs / 5);
        }
    }

    @Test
    void transactionsAndWatchesFromAfar() {
        try (Client far = cluster.client("ap-1");
                Client home = cluster.client("us-1")) {
            far.run("DEL account");
            assertThat(far.pipeline(List.of("MULTI", "INCRBY account 10", "GET account", "EXEC")))
                    .containsExactly("OK", "QUEUED", "QUEUED", "[10, 10]");

            far.run("WATCH account");
            assertThat(far.run("GET account")).isEqualTo("10");
            home.run("INCR account");
            assertThat(far.pipeline(List.of("MULTI", "SET account 0", "EXEC")))
                    .containsExactly("OK", "QUEUED", "(nil)");
            far.run("MERIDIAN CONSISTENCY linearizable");
            assertThat(far.run("GET account")).isEqualTo("11");

            far.run("WATCH account");
            assertThat(far.pipeline(List.of("MULTI", "DECR account", "EXEC"))).containsExactly("OK", "QUEUED", "[10]");
        }
    }

    @Test
    void waitCountsRegions() {
        try (Client home = cluster.client("us-1");
                Client far = cluster.client("eu-1")) {
            home.run("SET waited 1");
            assertThat(home.number("WAIT 2 20000")).isEqualTo(2);
            far.run("SET waited 2");
            assertThat(far.number("WAIT 2 20000")).isEqualTo(2);
            // There is no third region beside home.
            assertThat(far.number("WAIT 3 200")).isEqualTo(2);
            try (Client near = cluster.client("eu-1");
                    Client distant = cluster.client("ap-1")) {
                near.run("MERIDIAN CONSISTENCY eventual");
                distant.run("MERIDIAN CONSISTENCY eventual");
                assertThat(near.run("GET waited")).isEqualTo("2");
                assertThat(distant.run("GET waited")).isEqualTo("2");
            }
        }
    }

    @Test
    void everyRegionIsHomeToData() {
        for (String home : List.of("us", "eu", "ap")) {
            for (String node : cluster.plan().nodes()) {
                try (Client client = Client.open(node, cluster.resp(node), 2, "default", LocalCluster.token(home))) {
                    assertThat(client.run("SET whose " + home + "-by-" + node)).isEqualTo("OK");
                    assertThat(client.run("GET whose")).isEqualTo(home + "-by-" + node);
                    client.run("MERIDIAN CONSISTENCY linearizable");
                    assertThat(client.run("GET whose")).isEqualTo(home + "-by-" + node);
                    assertThat(client.field("MERIDIAN LAST", "region")).isEqualTo(home);
                }
            }
        }
    }

    @Test
    void aKeyEndsInEveryRegion() {
        try (Client home = cluster.client("us-1");
                Client far = cluster.client("ap-1")) {
            home.run("SET short v PX 300");
            far.run("MERIDIAN CONSISTENCY linearizable");
            Await.until("it has ended", () -> far.run("GET short").equals("(nil)"));
            // No level shows it again.
            for (String level : List.of("session", "eventual")) {
                far.run("MERIDIAN CONSISTENCY " + level);
                assertThat(far.run("GET short")).isEqualTo("(nil)");
                assertThat(far.run("EXISTS short")).isEqualTo("0");
            }
        }
    }
}
