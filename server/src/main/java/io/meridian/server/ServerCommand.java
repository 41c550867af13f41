// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.config.ConfigLoader;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.config.Problem;
import io.meridian.server.log.Logs;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.Node;
import io.meridian.server.node.StartException;
import io.meridian.server.node.Version;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code meridian server}: one node, until a signal ends it. */
@Command(
        name = "server",
        description = "Runs one node until SIGTERM or SIGINT.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Ends with 78 when the configuration, or the data directory for it, is wrong; with 69 when an address or"
                    + " the data directory is in use."
        })
final class ServerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServerCommand.class);

    @Mixin
    private ConfigOption option = new ConfigOption();

    @Option(names = "--dry-run", hidden = true, description = "Only say what is wrong with the configuration")
    private boolean dryRun;

    @Override
    public Integer call() throws StartException, InterruptedException {
        ConfigLoader.Loaded loaded = option.load();
        if (dryRun) {
            return ExitCode.OK;
        }
        NodeConfig config = loaded.config();
        Logs.configure(config.logging(), config.node().name());
        for (Problem warning : loaded.warnings()) {
            LOG.warn("configuration: {}", warning);
        }
        Node node = Node.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "stop"));
        LOG.info(
                "node {} of region {} in cluster {} has started: version {}, {}",
                config.node(),
                config.region(),
                config.cluster(),
                Version.text(),
                node.endpoints());
        new CountDownLatch(1).await(); // the shutdown hook does the rest
        return ExitCode.OK;
    }

    private static void stop(Node node) {
        LOG.info("stopping");
        node.close();
        LOG.info("stopped");
    }
}
