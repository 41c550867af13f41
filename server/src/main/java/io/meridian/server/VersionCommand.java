// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.node.Version;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code meridian version}. */
@Command(name = "version", description = "Prints the version.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

    static String text() {
        return "Meridian " + Version.text() + " (Java " + Runtime.version() + ")";
    }

    @Override
    public void run() {
        spec.commandLine().getOut().println(text());
    }
}
