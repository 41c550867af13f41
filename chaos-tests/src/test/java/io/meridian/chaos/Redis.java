// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.exceptions.JedisException;

/** Plain Redis in the place of a node. */
public final class Redis {
    private Redis() {}

    /** A launcher that starts redis-server with the ports and the password of a node's configuration. */
    public static Path launcher() throws URISyntaxException {
        return Path.of(Redis.class.getResource("/redis-as-node/bin/meridian").toURI());
    }

    /** Waits until the node answers PING. */
    public static void awaitAnswer(Cluster cluster, String node) {
        eventually(() -> answers(cluster, node), node + " answers");
    }

    /** Whether the node answers PING within half a second. */
    public static boolean answers(Cluster cluster, String node) {
        try (RespConnection connection = open(cluster, node, Duration.ofMillis(500))) {
            return "PONG".equals(connection.require("PING"));
        } catch (JedisException notYet) {
            return false;
        }
    }

    public static RespConnection open(Cluster cluster, String node, Duration timeout) {
        return RespConnection.open(cluster.resp(node), cluster.layout().token(), timeout);
    }

    /** Waits up to twenty seconds for the condition. */
    public static void eventually(BooleanSupplier condition, String what) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
