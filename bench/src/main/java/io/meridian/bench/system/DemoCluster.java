// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import io.meridian.bench.client.RespClient;
import io.meridian.bench.client.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Three regions of three nodes in one process: {@code bin/meridian demo}, without delays between the regions. */
public final class DemoCluster implements AutoCloseable {
    private static final int REGIONS = 3;
    private static final int NODES = 3;
    // Node j of region i listens 10·i + j above the first port.
    private static final int PORTS = 10 * REGIONS;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ServerProcess process;

    private DemoCluster(ServerProcess process) {
        this.process = process;
    }

    /**
     * Starts it, and returns once all nine nodes answer.
     *
     * @param launcher the distribution's {@code bin/meridian}
     */
    public static DemoCluster start(Path launcher, Path folder, String javaOpts)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int resp = Ports.first(PORTS);
        int rest = Ports.first(PORTS);
        List<String> command = List.of(
                launcher.toString(),
                "demo",
                "--resp-port",
                Integer.toString(resp),
                "--rest-port",
                Integer.toString(rest),
                "--data",
                folder.resolve("data").toAbsolutePath().toString(),
                "--wan",
                "none");
        Map<String, String> environment = javaOpts.isEmpty() ? Map.of() : Map.of("MERIDIAN_JAVA_OPTS", javaOpts);
        DemoCluster demo = new DemoCluster(ServerProcess.start("demo", command, environment, folder));
        try {
            for (int region = 0; region < REGIONS; region++) {
                for (int node = 0; node < NODES; node++) {
                    int port = resp + 10 * region + node;
                    Await.until("the demo on port " + port, PATIENCE, () -> {
                        demo.process.requireAlive();
                        return answers(port);
                    });
                }
            }
            return demo;
        } catch (InterruptedException | RuntimeException e) {
            demo.close();
            throw e;
        }
    }

    private static boolean answers(int port) throws IOException {
        try (RespClient client = RespClient.open(Target.open(port), TIMEOUT)) {
            return client.call("PING").isPresent();
        } catch (IOException e) {
            // It answers, though not to strangers.
            if (String.valueOf(e.getMessage()).contains("NOAUTH")) {
                return true;
            }
            throw e;
        }
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
