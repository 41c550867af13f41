// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node says on its admin port and to clients of REST alike whether it lives, is ready and has caught up. */
final class HealthIT {
    private static final Pattern PORTS = Pattern.compile("REST [^0-9]*([0-9.]+:[0-9]+), admin [^0-9]*([0-9.]+:[0-9]+)");

    @TempDir
    private Path folder;

    @Test
    void readinessWaitsUntilAllThatWasCommittedIsShown() throws Exception {
        Path config = Files.writeString(
                folder.resolve("us-1.yaml"),
                Configs.alone("us-1", folder.resolve("data")) + "logging: {level: debug}\n");
        try (ServerProcess server = ServerProcess.start(config, Map.of());
                HttpClient http = HttpClient.newHttpClient()) {
            Matcher ports = PORTS.matcher(server.awaitLine(line -> line.contains(" has started")));
            assertThat(ports.find()).isTrue();
            for (String address : new String[] {ports.group(1), ports.group(2)}) {
                HttpResponse<String> ready = get(http, address, "/readyz?sync&timeout=20s");
                assertThat(ready.body()).startsWith("[+]sync ok\n").contains("[+]group us/0 ok\n");
                assertThat(ready.statusCode()).isEqualTo(200);
                assertThat(get(http, address, "/livez").body()).contains("[+]group us/0 ok\n");
                assertThat(get(http, address, "/readyz?sync&timeout=soon").body())
                        .contains("timeout is a duration like 500ms or 5s");
            }
            HttpResponse<String> set = get(http, ports.group(1), "/set/k/v?_token=a-very-secret-token");
            assertThat(set.body()).isEqualTo("{\"result\":\"OK\"}");
            assertThat(get(http, ports.group(1), "/set/k/v?_token=another-secret")
                            .statusCode())
                    .isEqualTo(401);
            server.terminate();
            server.awaitExit();

            assertThat(server.log()).doesNotContain("a-very-secret-token", "another-secret");
        }
    }

    private static HttpResponse<String> get(HttpClient http, String address, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
