// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.meridian.server.node.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node as a process: from its start by a file to its end by a signal. */
final class ServerIT {
    private static final Pattern ADMIN = Pattern.compile(", admin ([0-9.]+:[0-9]+)");
    /** 128 and the number of SIGTERM: what the JVM ends with after its hooks. */
    private static final int TERMINATED = 143;

    @TempDir
    private Path folder;

    @Test
    void aNodeStartsTellsItsHealthAndStopsAtASignal() throws Exception {
        try (ServerProcess server = ServerProcess.start(config("us-1", ""), Map.of())) {
            String address = adminAddress(server);

            assertThat(get(address, "/livez").statusCode()).isEqualTo(200);
            assertThat(get(address, "/metrics").body())
                    .contains(
                            "meridian_node{cluster=\"demo\",node=\"us-1\",region=\"us\"",
                            "meridian_group_applied_index{group=\"us/0\"}",
                            "meridian_group_batch_commands_bucket{group=\"us/0\",le=\"1.0\"}",
                            "meridian_group_commit_seconds_count{group=\"us/0\"}",
                            "meridian_commands_total{command=\"get\"}",
                            "jvm_memory_used_bytes");
            server.terminate();

            assertThat(server.awaitExit()).isEqualTo(TERMINATED);
            assertThat(server.log()).contains("stopping", "stopped").doesNotContain("a-very-secret-token");
        }
    }

    /** The admin port is open before the others: it must not call a node ready that has yet to open them. */
    @Test
    void aNodeIsNotReadyBeforeItServes() throws Exception {
        String admin = freeAddress();
        String resp = freeAddress();
        try (ServerProcess server = ServerProcess.start(
                config("us-1", ""), Map.of("MERIDIAN_LISTEN_ADMIN", admin, "MERIDIAN_LISTEN_RESP", resp))) {
            String said = awaitReady(admin);

            assertThat(said).contains("[+]node ok", "[+]group us/0 ok");
            assertThatCode(() -> connect(resp)).as(server.log()).doesNotThrowAnyException();
        }
    }

    @Test
    void aJsonLogHasOneObjectALine() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(config("us-1", ""), Map.of("MERIDIAN_LOGGING_FORMAT", "json"))) {
            adminAddress(server);
            server.terminate();
            server.awaitExit();

            ObjectMapper json = new ObjectMapper();
            assertThat(server.log().lines())
                    .isNotEmpty()
                    .allSatisfy(line ->
                            assertThat(json.readTree(line).get("node").asText()).isEqualTo("us-1"));
        }
    }

    @Test
    void aDataDirectoryServesOneProcessAtATime() throws Exception {
        Path config = config("us-1", "");
        try (ServerProcess first = ServerProcess.start(config, Map.of())) {
            adminAddress(first);
            try (ServerProcess second = ServerProcess.start(config, Map.of())) {
                assertThat(second.awaitExit()).isEqualTo(ExitCode.UNAVAILABLE);
                assertThat(second.log())
                        .startsWith("meridian: the data directory ")
                        .contains(" is in use by process ");
            }
        }
    }

    @Test
    void aNodeStartsAgainAfterAKill() throws Exception {
        Path config = config("us-1", "");
        try (ServerProcess killed = ServerProcess.start(config, Map.of())) {
            adminAddress(killed);
        }
        try (ServerProcess again = ServerProcess.start(config, Map.of())) {
            assertThat(get(adminAddress(again), "/livez").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void anotherNodesDirectoryIsRefused() throws Exception {
        try (ServerProcess first = ServerProcess.start(config("us-1", ""), Map.of())) {
            adminAddress(first);
        }
        try (ServerProcess other = ServerProcess.start(config("us-2", ""), Map.of())) {
            assertThat(other.awaitExit()).isEqualTo(ExitCode.CONFIG);
            assertThat(other.log())
                    .contains("belongs to node 'us-1', not to 'us-2'")
                    .hasLineCount(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resp", "rest", "peer", "admin"})
    void aPortInUseIsOneClearLine(String listener) throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Map<String, String> environment = Map.of("MERIDIAN_LISTEN_" + listener.toUpperCase(Locale.ROOT), address);
            try (ServerProcess server = ServerProcess.start(config("us-1", ""), environment)) {
                assertThat(server.awaitExit()).as(server.log()).isEqualTo(ExitCode.UNAVAILABLE);
                assertThat(server.log().lines().filter(line -> line.startsWith("meridian: ")))
                        .singleElement()
                        .asString()
                        .contains("cannot listen on", address, "in use", "listen." + listener);
            }
        }
    }

    @Test
    void unknownVariablesAreRefused() throws Exception {
        try (ServerProcess server =
                ServerProcess.start(config("us-1", ""), Map.of("MERIDIAN_LISTEN_RESPP", "127.0.0.1:0"))) {
            assertThat(server.awaitExit()).isEqualTo(ExitCode.CONFIG);
            assertThat(server.log()).contains("did you mean 'MERIDIAN_LISTEN_RESP'?");
        }
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private static void connect(String address) throws IOException {
        URI parts = URI.create("redis://" + address);
        try (Socket socket = new Socket(parts.getHost(), parts.getPort())) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    /** Asks without a pause, so as not to miss the first moment at which it is ready. */
    private static String awaitReady(String admin) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                try {
                    HttpResponse<String> answer = client.send(
                            HttpRequest.newBuilder(URI.create("http://" + admin + "/readyz"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
                    if (answer.statusCode() == 200) {
                        return answer.body();
                    }
                } catch (IOException notYet) {
                    Thread.onSpinWait();
                }
            }
        }
        throw new AssertionError("not ready within a minute");
    }

    private static String adminAddress(ServerProcess server) throws InterruptedException {
        Matcher matcher = ADMIN.matcher(server.awaitLine(line -> line.contains(" has started")));
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static HttpResponse<String> get(String address, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(URI.create("http://" + address + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private Path config(String node, String more) throws IOException {
        return Files.writeString(folder.resolve(node + ".yaml"), Configs.alone(node, folder.resolve("data")) + more);
    }
}
