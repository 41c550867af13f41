// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Client;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.Program;
import io.meridian.server.testing.RunningCluster;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** redis-cli and redis-benchmark, as Debian has them. */
final class RedisToolsIT {
    private static final String FROM = "apt install redis-tools";

    @RegisterExtension
    private static final RunningCluster CLUSTER = new RunningCluster(ClusterPlan.oneRegion(1));

    @BeforeEach
    void empty() {
        try (Client client = CLUSTER.get().client("us-1")) {
            client.run("FLUSHALL");
        }
    }

    @Test
    void oneCommandAsArguments() {
        assertThat(cli("", "SET", "greeting", "hello world")).isEqualTo("OK\n");
        assertThat(cli("", "GET", "greeting")).isEqualTo("hello world\n");
        assertThat(cli("", "-n", "3", "GET", "greeting")).isEqualTo("\n");
        assertThat(cli("", "-3", "--json", "CONFIG", "GET", "databases")).isEqualTo("{\"databases\":\"16\"}\n");
        assertThat(cli("", "--no-raw", "RPUSH", "l", "a", "b")).isEqualTo("(integer) 2\n");
        assertThat(cli("", "--no-raw", "LRANGE", "l", "0", "-1")).isEqualTo("1) \"a\"\n2) \"b\"\n");
    }

    @Test
    void settingsAreConfirmedAndNotChanged() {
        assertThat(cli("", "CONFIG", "SET", "maxmemory", "0", "appendonly", "yes"))
                .isEqualTo("OK\n");
        assertThat(cli("", "CONFIG", "SET", "maxmemory", "0", "appendonly", "no"))
                .isEqualTo("ERR CONFIG SET failed (possibly related to argument 'appendonly') - can't set immutable"
                        + " config: the settings of a running node do not change\n\n");
        assertThat(cli("", "CONFIG", "GET", "appendonly")).isEqualTo("appendonly\nyes\n");
    }

    /** Its line mode asks for COMMAND DOCS at its start and sends what it reads line by line. */
    @Test
    void linesFromStandardInput() {
        String lines = """
            MULTI
            SET a 1
            INCR a
            EXEC
            SELECT 2
            HSET h f v
            HELLO 3
            HGETALL h
            GET
            CLIENT SETNAME me
            CLIENT GETNAME
            """;

        assertThat(cli(lines).lines().toList())
                .startsWith("OK", "QUEUED", "QUEUED", "OK", "2", "OK", "1")
                .contains("f v", "ERR wrong number of arguments for 'get' command", "me");
    }

    /** A level in the user's name, and nothing without credentials. */
    @Test
    void credentialsAndLevels() {
        Program cli = Program.require("redis-cli", FROM);
        String port = String.valueOf(CLUSTER.get().resp("us-1").getPort());

        assertThat(cli.run(Map.of(), "", "-p", port, "GET", "a").output())
                .isEqualTo("NOAUTH Authentication required.\n\n");
        String url = "redis://default+linearizable:" + LocalCluster.token("us") + "@127.0.0.1:" + port;
        assertThat(cli.run(Map.of(), "", "-u", url, "MERIDIAN", "CONSISTENCY").output())
                .endsWith("\nlinearizable\n");
        assertThat(cli.run(Map.of(), "", "-p", port, "--user", "default", "--pass", "wrong", "PING")
                        .output())
                .contains("WRONGPASS");
        assertThat(cli.run(
                                Map.of("REDISCLI_AUTH", LocalCluster.token("us") + "-reader"),
                                "",
                                "-p",
                                port,
                                "--user",
                                "reader",
                                "SET",
                                "a",
                                "b")
                        .output())
                .contains("NOPERM");
    }

    @Test
    void scanFindsAllKeys() {
        fill(1_000);

        assertThat(cli("", "--scan", "--pattern", "key:*").lines())
                .hasSize(1_000)
                .doesNotHaveDuplicates();
        assertThat(cli("", "--scan", "--pattern", "key:99?").lines()).hasSize(10);
    }

    @Test
    void keysAreMeasured() {
        fill(50);
        cli("", "SET", "biggest", "x".repeat(5_000));
        cli("", "RPUSH", "list", "a", "b", "c");
        cli("", "HSET", "hash", "a", "b");

        assertThat(cli("", "--bigkeys"))
                .contains(
                        "Biggest string found '\"biggest\"' has 5000 bytes",
                        "Biggest   list found '\"list\"' has 3 items")
                .contains("Sampled 53 keys in the keyspace!");
        assertThat(cli("", "--memkeys")).contains("Biggest string found '\"biggest\"' has ");
    }

    @Test
    void massInsertionByPipe() {
        int count = 20_000;
        StringBuilder protocol = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String key = "piped:" + i;
            protocol.append("*3\r\n$3\r\nSET\r\n$")
                    .append(key.length())
                    .append("\r\n")
                    .append(key);
            protocol.append("\r\n$1\r\nv\r\n");
        }
        Program.Ended ended = cliFor(protocol.toString().getBytes(StandardCharsets.ISO_8859_1), "--pipe");

        assertThat(ended.output()).contains("errors: 0, replies: " + count);
        assertThat(cli("", "DBSIZE")).isEqualTo(count + "\n");
    }

    @Test
    void latencyIsMeasured() {
        // Not at a terminal it measures once, for as long as it is told.
        assertThat(cli("", "-i", "1", "--raw", "--latency")).matches("(?s)\\d+ \\d+ \\d+\\.\\d+ \\d+\\s*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "16"})
    void benchmarkRunsItsTests(String pipeline) {
        List<String> tests = List.of(
                "PING_INLINE",
                "PING_MBULK",
                "SET",
                "GET",
                "INCR",
                "LPUSH",
                "RPUSH",
                "LPOP",
                "RPOP",
                "HSET",
                "MSET (10 keys)");
        List<String> arguments =
                new ArrayList<>(List.of("-n", "5000", "-c", "20", "-P", pipeline, "-r", "1000", "--csv"));
        arguments.addAll(List.of("-t", "ping,set,get,incr,lpush,rpush,lpop,rpop,hset,lrange_100,mset"));

        Program.Ended ended = tool("redis-benchmark", new byte[0], arguments.toArray(String[]::new));

        assertThat(ended.status()).as(ended.output()).isZero();
        for (String test : tests) {
            assertThat(ended.output()).contains("\"" + test + "\",\"");
        }
        assertThat(ended.output()).contains("LRANGE_100").doesNotContain("Error");
    }

    private static void fill(int keys) {
        try (Client client = CLUSTER.get().client("us-1")) {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                lines.add("SET key:" + i + " value");
            }
            assertThat(client.pipeline(lines)).containsOnly("OK");
        }
    }

    private static String cli(String input, String... arguments) {
        return cliFor(input.getBytes(StandardCharsets.UTF_8), arguments).output();
    }

    private static Program.Ended cliFor(byte[] input, String... arguments) {
        return tool("redis-cli", input, arguments);
    }

    private static Program.Ended tool(String name, byte[] input, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("-p", String.valueOf(CLUSTER.get().resp("us-1").getPort()), "--user", "default"));
        all.addAll(List.of("-a", LocalCluster.token("us")));
        if (name.equals("redis-cli")) {
            all.add("--no-auth-warning");
        }
        all.addAll(List.of(arguments));
        return Program.require(name, FROM).run(Map.of(), input, all.toArray(String[]::new));
    }
}
