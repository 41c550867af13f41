// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench;

import io.meridian.bench.compare.CompareCommand;
import io.meridian.bench.jmh.JmhCommand;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code bin/meridian bench}. */
@Command(
        name = "meridian bench",
        mixinStandardHelpOptions = true,
        description = "Measures how fast Meridian is.",
        subcommands = {CompareCommand.class, JmhCommand.class})
public final class BenchMain implements Runnable {
    @Spec
    private CommandSpec spec;

    private BenchMain() {
        spec = CommandSpec.create(); // picocli puts the real one here
    }

    /** Runs a command, and ends the process with what it returns. */
    public static void main(String[] args) {
        // Netty and gRPC log to slf4j; that nobody listens is no news to the user.
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new BenchMain());
        // All that follows "jmh" is for JMH, in its order.
        Objects.requireNonNull(line.getSubcommands().get("jmh")).setUnmatchedOptionsArePositionalParams(true);
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: compare or jmh");
    }
}
