// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: {@code meridian COMMAND}. */
@Command(
        name = "meridian",
        description = "A Redis-compatible, strongly consistent, geo-distributed datastore.",
        mixinStandardHelpOptions = true,
        versionProvider = Meridian.Versions.class,
        footer = {"", "In a source tree, bin/meridian has three more: test, chaos and bench."},
        subcommands = {
            ServerCommand.class,
            DemoCommand.class,
            ConfigCommand.class,
            VersionCommand.class,
            CommandLine.HelpCommand.class,
            RehearseCommand.class
        })
public final class Meridian implements Runnable {
    @Spec
    private CommandSpec spec;

    Meridian() {
        spec = CommandSpec.create(); // picocli puts the real one here
    }

    /** Runs a command, and ends the process with what it returns. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Meridian());
        line.setParameterExceptionHandler((refused, _) -> refuse(refused));
        line.setExecutionExceptionHandler((exception, failed, _) -> {
            PrintWriter err = failed.getErr();
            if (exception instanceof StartException refused) {
                err.println("meridian: " + refused.getMessage());
                return refused.exitCode();
            }
            err.println("meridian: a fault of the program itself: " + exception);
            exception.printStackTrace(err);
            return ExitCode.SOFTWARE;
        });
        return line;
    }

    /** Says what is wrong with a command line, not all that could be right. */
    private static int refuse(ParameterException refused) {
        CommandLine line = refused.getCommandLine();
        PrintWriter err = line.getErr();
        boolean isTop = line.getParent() == null;
        if (isTop && refused instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            err.println(
                    "meridian: there is no command '" + unmatched.getUnmatched().getFirst() + "'");
        } else {
            err.println("meridian: " + refused.getMessage());
            UnmatchedArgumentException.printSuggestions(refused, err);
        }
        if (isTop) {
            err.println("Commands:");
            err.print(line.getHelp().commandList());
        }
        err.println("More: " + line.getCommandSpec().qualifiedName() + " --help");
        return line.getCommandSpec().exitCodeOnInvalidInput();
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    /** What {@code --version} prints. */
    static final class Versions implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {VersionCommand.text()};
        }
    }
}
