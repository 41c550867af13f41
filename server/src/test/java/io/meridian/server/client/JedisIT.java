// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.server.testing.Await;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.RunningCluster;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.AbstractTransaction;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.RedisProtocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** Jedis at work on a node. */
final class JedisIT {
    @RegisterExtension
    private static final RunningCluster CLUSTER = new RunningCluster(ClusterPlan.oneRegion(1));

    @ParameterizedTest
    @EnumSource(
            value = RedisProtocol.class,
            names = {"RESP2", "RESP3"})
    void usualWork(RedisProtocol protocol) {
        try (Jedis jedis = connect(protocol, "default")) {
            jedis.flushAll();

            assertThat(jedis.set("s", "v", SetParams.setParams().nx().ex(100))).isEqualTo("OK");
            assertThat(jedis.set("s", "w", SetParams.setParams().nx())).isNull();
            assertThat(jedis.ttl("s")).isBetween(90L, 100L);
            assertThat(jedis.incrBy("n", 7)).isEqualTo(7);
            assertThat(jedis.incrByFloat("f", 0.25)).isEqualTo(0.25);
            assertThat(jedis.mget("s", "none")).containsExactly("v", null);
            assertThat(jedis.hset("h", Map.of("a", "1", "b", "2"))).isEqualTo(2);
            assertThat(jedis.hgetAll("h")).isEqualTo(Map.of("a", "1", "b", "2"));
            assertThat(jedis.rpush("l", "a", "b", "c")).isEqualTo(3);
            assertThat(jedis.lrange("l", 0, -1)).containsExactly("a", "b", "c");
            assertThat(jedis.lpop("l", 2)).containsExactly("a", "b");
            assertThat(jedis.keys("?")).containsExactlyInAnyOrder("s", "n", "f", "h", "l");
            assertThatThrownBy(() -> jedis.lpush("s", "x"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageStartingWith("WRONGTYPE");
            assertThat(jedis.clientInfo()).contains("lib-name=jedis", " db=7 ");
        }
    }

    @Test
    void keysEnd() {
        try (Jedis jedis = connect(RedisProtocol.RESP3, "default")) {
            jedis.set("short", "v", SetParams.setParams().px(20));

            Await.until("the key has ended", () -> !jedis.exists("short"));

            assertThat(jedis.get("short")).isNull();
            assertThat(jedis.pttl("short")).isEqualTo(-2);
        }
    }

    @Test
    void pipelinesSeeTheirOwnWrites() {
        try (Jedis jedis = connect(RedisProtocol.RESP3, "default")) {
            Pipeline pipeline = jedis.pipelined();
            List<Response<String>> seen = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                var _ = pipeline.set("p" + i % 10, "" + i);
                seen.add(pipeline.get("p" + i % 10));
            }
            pipeline.sync();

            for (int i = 0; i < 1_000; i++) {
                assertThat(seen.get(i).get()).isEqualTo("" + i);
            }
        }
    }

    @Test
    void transactionsAndWatches() {
        try (Jedis jedis = connect(RedisProtocol.RESP3, "default");
                Jedis other = connect(RedisProtocol.RESP2, "default+linearizable")) {
            jedis.flushAll();
            AbstractTransaction first = jedis.multi();
            var _ = first.set("t", "1");
            Response<Long> two = first.incr("t");
            assertThat(first.exec()).containsExactly("OK", 2L);
            assertThat(two.get()).isEqualTo(2);

            jedis.watch("t");
            other.set("t", "theirs");
            AbstractTransaction second = jedis.multi();
            var _ = second.set("t", "ours");
            assertThat(second.exec()).isNull();
            assertThat(jedis.get("t")).isEqualTo("theirs");
        }
    }

    @Test
    void aPoolOfManyThreadsCountsExactly() throws Exception {
        try (RedisClient client = RedisClient.create(uri());
                ExecutorService threads = Executors.newFixedThreadPool(8)) {
            client.set("count", "0");
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 250; i++) {
                        client.incr("count");
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }

            assertThat(client.get("count")).isEqualTo("2000");
        }
    }

    @Test
    void scanFindsAllThatStays() {
        try (Jedis jedis = connect(RedisProtocol.RESP2, "default")) {
            jedis.flushAll();
            for (int i = 0; i < 500; i++) {
                jedis.set("stays:" + i, "v");
            }
            Set<String> seen = new HashSet<>();
            String cursor = ScanParams.SCAN_POINTER_START;
            int turn = 0;
            do {
                // Others come and go meanwhile.
                jedis.set("comes:" + turn, "v");
                jedis.del("comes:" + (turn - 3));
                turn++;
                ScanResult<String> found =
                        jedis.scan(cursor, new ScanParams().match("stays:*").count(20));
                seen.addAll(found.getResult());
                cursor = found.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));

            assertThat(seen).hasSize(500);
        }
    }

    @Test
    void wrongCredentialsAreRefused() {
        assertThatThrownBy(() -> new Jedis(
                                address(),
                                DefaultJedisClientConfig.builder()
                                        .user("default")
                                        .password("wrong")
                                        .build())
                        .ping())
                .isInstanceOf(JedisAccessControlException.class);
    }

    private static HostAndPort address() {
        return new HostAndPort("127.0.0.1", CLUSTER.get().resp("us-1").getPort());
    }

    private static URI uri() {
        return URI.create("redis://default:" + LocalCluster.token("us") + "@" + address() + "/7");
    }

    private static Jedis connect(RedisProtocol protocol, String user) {
        return new Jedis(
                address(),
                DefaultJedisClientConfig.builder()
                        .protocol(protocol)
                        .user(user)
                        .password(LocalCluster.token("us"))
                        .database(7)
                        .build());
    }
}
