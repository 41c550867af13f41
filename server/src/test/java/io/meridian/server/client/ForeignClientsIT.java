// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.client;

import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.Program;
import io.meridian.server.testing.RunningCluster;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients in other languages, each doing the work of a script beside these sources, at home and far from it. */
final class ForeignClientsIT {
    @RegisterExtension
    private static final RunningCluster CLUSTER =
            new RunningCluster(new ClusterPlan(List.of("us", "eu"), 1, 0, "").withRoundTripMillis(10));

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void ioredisWorks(int protocol) {
        Program.requireNode().runChecks("js/ioredis.mjs", 14, resp("us-1", protocol));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void nodeRedisWorks(int protocol) {
        Program.requireNode().runChecks("js/node-redis.mjs", 11, resp("us-1", protocol));
    }

    @Test
    void clientsWorkFarFromHome() {
        Program node = Program.requireNode();
        node.runChecks("js/ioredis.mjs", 14, resp("eu-1", 3));
        node.runChecks("js/node-redis.mjs", 11, resp("eu-1", 3));
    }

    @Test
    void upstashReadsItsWritesFarFromHome() {
        Program.requireNode().runChecks("js/upstash.mjs", 25, rest());
    }

    @Test
    void pythonsRedisWorks() {
        Program.requirePython("redis", "apt install python3-redis").runChecks("python/redis_py.py", 8, resp("us-1", 2));
    }

    @Test
    void pythonsRequestsWork() {
        Program.requirePython("requests", "apt install python3-requests").runChecks("python/rest.py", 5, rest());
    }

    private static Map<String, String> resp(String node, int protocol) {
        // Each script starts in an empty database.
        try (var client = CLUSTER.get().client("us-1")) {
            client.run("FLUSHALL");
        }
        return Map.of(
                "PORT", String.valueOf(CLUSTER.get().resp(node).getPort()),
                "TOKEN", LocalCluster.token("us"),
                "PROTOCOL", String.valueOf(protocol));
    }

    private static Map<String, String> rest() {
        return Map.of(
                "HOME_URL", CLUSTER.get().restUrl("us-1"),
                "FAR_URL", CLUSTER.get().restUrl("eu-1"),
                "TOKEN", LocalCluster.token("us"),
                "READER_TOKEN", LocalCluster.token("us") + "-reader");
    }
}
