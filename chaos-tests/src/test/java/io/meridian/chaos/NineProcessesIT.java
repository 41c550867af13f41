// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.check.Digests;
import io.meridian.chaos.check.ReplicaDigest;
import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.client.MeridianWords;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import io.meridian.chaos.cluster.ProcessCluster;
import io.meridian.chaos.history.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.exceptions.JedisException;

/** The demo's cluster, with a process for each node. */
class NineProcessesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration REPLY = Duration.ofSeconds(5);

    @TempDir
    Path folder;

    @Test
    void nineProcessesInThreeRegionsAreOneCluster() throws Exception {
        Optional<Path> launcher = Distribution.launcher();
        if (launcher.isEmpty()) {
            Needs.missing("a cluster of nine processes: no distribution in server/target");
        }
        Map<String, List<String>> regions = new LinkedHashMap<>();
        for (String region : List.of("us-east", "eu-west", "ap-south")) {
            regions.put(
                    region,
                    IntStream.rangeClosed(1, 3).mapToObj(i -> region + "-" + i).toList());
        }
        ClusterLayout layout = new ClusterLayout(regions, "us-east", "nine-token");
        try (Cluster cluster = new ProcessCluster(layout, launcher.orElseThrow(), folder)) {
            cluster.start();

            for (String node : layout.nodes()) {
                assertThat(Await.until(PATIENCE, () -> isWritten(cluster, node)))
                        .as("a write through " + node + "; " + cluster.unexpectedEnds())
                        .isTrue();
            }

            for (String node : layout.nodes()) {
                try (RespConnection connection = Redis.open(cluster, node, REPLY)) {
                    MeridianWords.level(connection, Level.LINEARIZABLE);
                    for (String writer : layout.nodes()) {
                        assertThat(connection.require("GET", "through:" + writer))
                                .isEqualTo(writer);
                    }
                }
            }
            List<ReplicaDigest> digests = new ArrayList<>();
            Set<String> nodes = Set.copyOf(layout.nodes());
            assertThat(Await.until(PATIENCE, () -> {
                        digests.clear();
                        for (String node : nodes) {
                            try (RespConnection connection = Redis.open(cluster, node, REPLY)) {
                                digests.addAll(MeridianWords.digests(connection, node));
                            }
                        }
                        return Digests.isLevel(digests, nodes);
                    }))
                    .as(digests.toString())
                    .isTrue();
            assertThat(Digests.check(digests, nodes)).isInstanceOf(Verdict.Holds.class);
            assertThat(cluster.unexpectedEnds()).isEmpty();
        }
    }

    private static boolean isWritten(Cluster cluster, String node) {
        try (RespConnection connection = Redis.open(cluster, node, REPLY)) {
            return connection.require("SET", "through:" + node, node).equals("OK");
        } catch (JedisException notYet) {
            return false;
        }
    }
}
