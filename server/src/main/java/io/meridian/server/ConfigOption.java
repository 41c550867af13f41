// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.config.ConfigException;
import io.meridian.server.config.ConfigLoader;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option {@code --config}, with the reading of what it names. */
final class ConfigOption {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            defaultValue = "${env:MERIDIAN_CONFIG}",
            description = "The configuration file; docs/configuration.md tells what may be in it."
                    + " MERIDIAN_* variables override it, and MERIDIAN_CONFIG names it when this option does not.")
    private @Nullable Path file;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

    /** Tells every problem in the exception's message, one a line. */
    ConfigLoader.Loaded load() throws StartException {
        try {
            return ConfigLoader.load(file(), System.getenv());
        } catch (ConfigException e) {
            StringBuilder message = new StringBuilder("the configuration is refused:");
            e.problems()
                    .forEach(problem ->
                            message.append(System.lineSeparator()).append("  ").append(problem));
            throw new StartException(ExitCode.CONFIG, message.toString(), e);
        }
    }

    Path file() {
        if (file == null) {
            // Checked here, where a misspelt option has been complained of already.
            throw new ParameterException(spec.commandLine(), "Missing required option: '--config=FILE'");
        }
        return file;
    }
}
