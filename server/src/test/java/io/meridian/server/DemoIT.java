// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.node.ExitCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The demo, as its command runs it. */
final class DemoIT {
    private static final String TWO_TIMES = " +[0-9.]+ ms +[0-9.]+ ms";
    private static final Pattern KEPT = Pattern.compile("The data, configurations and the log are in (.*)");

    private final StringWriter said = new StringWriter();

    @TempDir
    private Path folder;

    /** From the launcher of the distribution; the process has the minute that it promises, from its start to its end. */
    @Test
    void withinAMinuteTheCheckWritesReadsKillsALeaderAndFindsNothingWrong() throws Exception {
        String launcher = Path.of("target", "meridian", "bin", "meridian")
                .toAbsolutePath()
                .toString();
        try (ServerProcess check = ServerProcess.start(List.of(launcher, "demo", "--check"), Map.of())) {
            int status = check.awaitExit();

            assertThat(status).as(check.log()).isZero();
            assertThat(check.log())
                    .containsPattern("Serving after [0-9.]+ s\\.")
                    .containsPattern("\n  write from home, us-east" + TWO_TIMES)
                    .containsPattern("\n  write from afar, eu-west" + TWO_TIMES)
                    .containsPattern("\n  write from afar, ap-south" + TWO_TIMES)
                    .containsPattern("\n  local read, session, eu-west" + TWO_TIMES)
                    .containsPattern("\n  local read, session, ap-south" + TWO_TIMES)
                    .containsPattern("\n  far read, linearizable, eu-west" + TWO_TIMES)
                    .containsPattern("\n  far read, linearizable, ap-south" + TWO_TIMES)
                    .containsPattern(
                            "Levels: [0-9]+ reads in eu-west and ap-south right after writes in us-east; session and"
                                    + " linearizable ones had each write")
                    .containsPattern("\n  [1-9][0-9]* of the 48 tokens that sessions brought there were ahead")
                    .containsPattern(
                            "Failover: killed us-east-[123] while it led, [0-9]+ clients writing; for [0-9.]+ s no"
                                    + " write")
                    .containsPattern("[1-9][0-9]* writes acknowledged, .* each acknowledged one is there exactly once")
                    .containsPattern("Digests: [0-9]+ nodes hold the same in 3 groups")
                    .endsWith("All promises held.")
                    .doesNotContain("WRONG");
        }
    }

    @Test
    void aSignalEndsTheCheckBeforeItsEnd() throws Exception {
        String launcher = Path.of("target", "meridian", "bin", "meridian")
                .toAbsolutePath()
                .toString();
        try (ServerProcess check = ServerProcess.start(List.of(launcher, "demo", "--check"), Map.of())) {
            check.awaitLine(line -> line.contains("Latencies"));
            check.terminate();

            assertThat(check.awaitExit()).as(check.log()).isEqualTo(143);
            assertThat(check.log()).endsWith("Stopped before the end.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--regions,    'eu,eu', 'at least one region, each once'",
        "--regions,    US,      'is not a name of 1 to 63 lower-case letters'",
        "--resp-port,  70000,   'no RESP ports from 70000 to 70022'",
        "--resp-port,  -1,      'no RESP ports from -1 to 21'",
        "--rest-port,  65530,   'no REST ports from 65530 to 65552'",
    })
    void wrongOptionsAreRefused(String option, String value, String why) {
        assertThat(run("demo", "--data", folder.resolve("unused").toString(), option, value))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains(why).doesNotContain("a fault of the program");
        assertThat(folder.resolve("unused")).doesNotExist();
    }

    @Test
    void aPortInUseIsOneClearLineAndTheLogIsKept() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(runAlone("--resp-port", "" + taken.getLocalPort())).isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(said.toString()).contains("cannot listen on", "in use");

        Matcher kept = KEPT.matcher(said.toString());
        assertThat(kept.find()).as(said.toString()).isTrue();
        Path folder = Path.of(kept.group(1));
        assertThat(folder.resolve("demo.log")).isRegularFile();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aFolderMayHaveAnyName() throws Exception {
        Path odd = folder.resolve("it's # odd: {a}");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(runAlone("--resp-port", "" + taken.getLocalPort(), "--data", odd.toString()))
                    .as(said.toString())
                    .isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(odd.resolve("eu-1")).isDirectory();
    }

    @Test
    void aFolderThatCannotBeMadeIsOneClearLine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(runAlone("--data", file.toString())).isEqualTo(ExitCode.IO);
        assertThat(said.toString())
                .startsWith("meridian: cannot make the folder for the data: ")
                .hasLineCount(1);
    }

    private int runAlone(String... words) {
        return run(Stream.concat(
                        Stream.of("demo", "--regions", "eu", "--nodes-per-region", "1", "--rest-port", "0"),
                        Stream.of(words))
                .toArray(String[]::new));
    }

    private int run(String... words) {
        CommandLine line = Meridian.commandLine();
        line.setOut(new PrintWriter(said, true));
        line.setErr(new PrintWriter(said, true));
        return line.execute(words);
    }
}
