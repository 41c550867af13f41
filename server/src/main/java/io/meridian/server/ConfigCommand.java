// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.config.ConfigLoader;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.config.Problem;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code meridian config …}. */
@Command(
        name = "config",
        description = "Looks at configurations.",
        mixinStandardHelpOptions = true,
        subcommands = ConfigCommand.Check.class)
final class ConfigCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: check");
    }

    /** {@code meridian config check}. */
    @Command(
            name = "check",
            description = "Says whether a node would start with this configuration, and starts nothing.",
            mixinStandardHelpOptions = true)
    static final class Check implements Callable<Integer> {
        @Spec
        private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

        @Mixin
        private ConfigOption option = new ConfigOption();

        @Override
        public Integer call() throws StartException {
            ConfigLoader.Loaded loaded = option.load();
            for (Problem warning : loaded.warnings()) {
                spec.commandLine().getErr().println("warning: " + warning);
            }
            NodeConfig config = loaded.config();
            PrintWriter out = spec.commandLine().getOut();
            out.println(option.file() + " is good: node " + config.node() + " of region " + config.region()
                    + " in cluster " + config.cluster() + ", one of "
                    + config.topology().nodes().size() + " nodes in "
                    + config.topology().regions().size() + " regions");
            return ExitCode.OK;
        }
    }
}
