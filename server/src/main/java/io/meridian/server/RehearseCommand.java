// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.demo.DemoCluster;
import io.meridian.server.demo.DemoSettings;
import io.meridian.server.demo.Rehearsal;
import io.meridian.server.demo.WideArea;
import io.meridian.server.log.Logs;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meridian rehearse}: what the launcher runs once after a build, to let the JVM record what nodes need. */
@Command(
        name = "rehearse",
        description = "Works as nodes do for some seconds, for a JVM that records it (-XX:AOTCacheOutput).",
        hidden = true)
final class RehearseCommand implements Callable<Integer> {
    private static final int START_SECONDS = 60;

    @Option(names = "--data", paramLabel = "FOLDER", required = true, description = "Where the nodes' data goes")
    private Path data = Path.of("");

    @Option(names = "--seconds", paramLabel = "N", description = "For how long (default: 10)")
    private int seconds = 10;

    @Override
    public Integer call() throws StartException, IOException, InterruptedException {
        Files.createDirectories(data);
        Logs.toFile(data.resolve("rehearsal.log"));
        DemoSettings settings = new DemoSettings(List.of("home", "afar"), 3, 0, 0, WideArea.NONE);
        try (DemoCluster cluster = DemoCluster.start(settings, data)) {
            if (!cluster.awaitServing(START_SECONDS)) {
                throw new StartException(
                        ExitCode.UNAVAILABLE, "the rehearsal's nodes do not serve after " + START_SECONDS + " s");
            }
            new Rehearsal(cluster, seconds).run();
        }
        return ExitCode.OK;
    }
}
