// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.demo.DemoFolder;
import io.meridian.server.demo.DemoSettings;
import io.meridian.server.demo.WideArea;
import io.meridian.server.node.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class MeridianTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void writeAConfiguration() throws IOException {
        file = Files.writeString(folder.resolve("node.yaml"), Configs.alone("us-1", folder.resolve("data")));
    }

    @Test
    void aGoodConfigurationIsConfirmed() {
        assertThat(run("config", "check", "--config", file.toString())).isZero();
        assertThat(out.toString())
                .startsWith(file + " is good: node us-1 of region us in cluster demo, one of 1 nodes in 1 regions");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void aBadConfigurationIsRefusedLineByLine() throws IOException {
        Files.writeString(file, "cluster: demo\nnode: 5_\nlimit: {}\n");

        assertThat(run("config", "check", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString().lines())
                .hasSize(3)
                .satisfies(lines -> assertThat(lines.getFirst()).isEqualTo("meridian: the configuration is refused:"))
                .anySatisfy(line -> assertThat(line).startsWith("  " + file + ":2:7: 'node': expected a name"))
                .anySatisfy(line -> assertThat(line).startsWith("  " + file + ":3:1: unknown setting 'limit'"));
    }

    @Test
    void warningsDoNotRefuse() throws IOException {
        Files.writeString(file, Files.readString(file).replace("7400\"}", "7400\", us-2: \"127.0.0.1:7401\"}"));

        assertThat(run("config", "check", "--config", file.toString())).isZero();
        assertThat(err.toString()).startsWith("warning: " + file + ":6:3: 'regions.us' has 2 voters");
    }

    @Test
    void aServerRefusesABadConfigurationToo() throws IOException {
        Files.writeString(file, "");

        assertThat(run("server", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(run("server", "--config", folder.resolve("none").toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(err.toString()).contains("none: cannot be read: there is no such file");
    }

    /** The launcher asks before it lets nodes rehearse. */
    @Test
    void aDryRunSaysWhatIsWrongAndStartsNothing() throws IOException {
        assertThat(run("server", "--dry-run", "--config", file.toString())).isZero();
        assertThat(run("demo", "--dry-run", "--resp-port", "0", "--rest-port", "0"))
                .isZero();
        assertThat(out.toString() + err).isEmpty();
        assertThat(folder.resolve("data")).doesNotExist();

        Files.writeString(file, "");
        assertThat(run("server", "--dry-run", "--config", file.toString())).isEqualTo(ExitCode.CONFIG);
        assertThat(run("demo", "--dry-run", "--regions", "US")).isEqualTo(CommandLine.ExitCode.USAGE);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("demo", "--dry-run", "--resp-port", "" + taken.getLocalPort(), "--rest-port", "0"))
                    .isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(err.toString())
                .contains("the configuration is refused", "'US' is not a name", "(listen.resp of us-east-1): ");
    }

    @Test
    void aDryRunSaysThatADemosFolderIsInUse() throws Exception {
        String[] line = {"demo", "--dry-run", "--data", folder.toString(), "--resp-port", "0", "--rest-port", "0"};
        DemoSettings one = new DemoSettings(List.of("us-east"), 1, 0, 0, WideArea.NONE);

        try (DemoFolder taken = DemoFolder.take(folder, one)) {
            assertThat(taken).isNotNull();
            assertThat(run(line)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(err.toString()).contains("is in use by another demo");
        }

        assertThat(run(line)).isZero();
        line[3] = folder.resolve("none").toString();
        assertThat(run(line)).isZero();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        assertThat(run("version")).isZero();
        assertThat(out.toString()).matches("(?s)Meridian [0-9]+\\.[0-9]+\\.[0-9]+.* \\(Java 25.*\\)\\R");
    }

    @Test
    void wrongCommandLinesAreRefusedBriefly() {
        assertThat(refused("server", "--config"))
                .isEqualTo(List.of(
                        "meridian: Missing required parameter for option '--config' (FILE)",
                        "More: meridian server --help"));
        assertThat(refused("server", "--confg", "x"))
                .isEqualTo(List.of(
                        "meridian: Unknown options: '--confg', 'x'",
                        "Possible solutions: --config",
                        "More: meridian server --help"));
        assertThat(refused("demo", "--regions", "US"))
                .hasSize(2)
                .satisfies(lines -> assertThat(lines.getFirst()).startsWith("meridian: 'US' is not a name"))
                .endsWith("More: meridian demo --help");
        assertThat(refused("config"))
                .isEqualTo(List.of("meridian: a command is missing: check", "More: meridian config --help"));
        assertThat(refused("config", "check"))
                .isEqualTo(List.of(
                        "meridian: Missing required option: '--config=FILE'", "More: meridian config check --help"));
    }

    @Test
    void aCommandThatIsMissingOrUnknownGetsTheListOfThem() {
        List<String> missing = refused();
        List<String> unknown = refused("nonsense");

        assertThat(missing).startsWith("meridian: a command is missing", "Commands:");
        assertThat(unknown).startsWith("meridian: there is no command 'nonsense'", "Commands:");
        assertThat(unknown.subList(1, unknown.size()))
                .isEqualTo(missing.subList(1, missing.size()))
                .anyMatch(line -> line.startsWith("  server "))
                .noneMatch(line -> line.startsWith("  rehearse "))
                .endsWith("More: meridian --help");
    }

    @Test
    void helpIsACommandToo() {
        assertThat(run("help")).isZero();
        assertThat(out.toString()).startsWith("Usage: meridian [");
        out.getBuffer().setLength(0);
        assertThat(run("help", "server")).isZero();
        assertThat(out.toString())
                .startsWith("Usage: meridian server ")
                .contains("is wrong;\nwith 69 when an address or the data directory is in use.\n");
    }

    private List<String> refused(String... arguments) {
        err.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        return err.toString().lines().toList();
    }

    private int run(String... arguments) {
        CommandLine line = Meridian.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
