// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.node.ExitCode;
import io.meridian.server.testing.Program;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The demo, as its command runs it. */
final class DemoIT {
    private static final String LAUNCHER =
            Path.of("target", "meridian", "bin", "meridian").toAbsolutePath().toString();
    /** Below those that systems hand out for any purpose. */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 30_000;
    private static final int INTERRUPTED = 130;
    private static final String TWO_TIMES = " +[0-9.]+ ms +[0-9.]+ ms";

    private final StringWriter said = new StringWriter();

    @TempDir
    private Path folder;

    /** From the launcher of the distribution; the process has the minute that it promises, from its start to its end. */
    @Test
    void withinAMinuteTheCheckWritesReadsKillsALeaderAndFindsNothingWrong() throws Exception {
        try (ServerProcess check = ServerProcess.start(List.of(LAUNCHER, "demo", "--check"), Map.of())) {
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
    void aCheckOfOneNodeSaysNothingOfOthers() throws Exception {
        List<String> line = List.of(LAUNCHER, "demo", "--check", "--regions=a", "--nodes-per-region=1");
        try (ServerProcess check = ServerProcess.start(line, Map.of())) {
            assertThat(check.awaitExit()).as(check.log()).isZero();
            assertThat(check.log())
                    .startsWith("Starting 1 region of 1 node in this process")
                    .contains("\nLevels: left out, ", "\nFailover: left out, ", "\nDigests: left out, ")
                    .endsWith("All promises held.")
                    .doesNotContain("0 of the 0", " in  ");
        }
    }

    @Test
    void aSignalEndsTheCheckBeforeItsEnd() throws Exception {
        try (ServerProcess check = ServerProcess.start(List.of(LAUNCHER, "demo", "--check"), Map.of())) {
            check.awaitLine(line -> line.contains("Latencies"));
            check.terminate();

            assertThat(check.awaitExit()).as(check.log()).isEqualTo(143);
            assertThat(check.log()).endsWith("Stopped before the end.");
        }
    }

    /** The README's first command, with a name of a folder that neither a shell nor YAML takes as it is. */
    @Test
    void whatThePageSaysHoldsAndTheFolderKeepsIt() throws Exception {
        Path kept = folder.resolve("it's # odd: {a}");
        int resp = freePorts();
        int rest = resp + 1;
        List<String> options = List.of(
                "--regions=us,eu",
                "--nodes-per-region=1",
                "--wan=none",
                "--resp-port=" + resp,
                "--rest-port=" + rest,
                "--data=" + kept);

        try (ServerProcess demo = start(options)) {
            demo.awaitLine(line -> line.equals("Ctrl-C stops it."));
            String page = demo.log();
            assertThat(page).contains("\n" + row("us", resp, rest, "leader, learns eu", "demo-token"));
            assertThat(page).contains("\n" + row("eu", resp + 10, rest + 10, "leader, learns us", "demo-token-1"));
            assertThat(page)
                    .containsPattern("SET greeting hello +OK +in ")
                    .containsPattern("GET greeting, session +hello +in ")
                    .containsPattern("GET greeting, linearizable +hello +in ");
            List<String> pasted = page.lines()
                    .dropWhile(line -> !line.equals("To paste into another shell:"))
                    .skip(1)
                    .takeWhile(line -> !line.isEmpty())
                    .toList();
            assertThat(pasted).hasSizeGreaterThanOrEqualTo(5);
            for (String line : pasted) {
                assertThat(paste(line)).as(line).containsPattern(expected(line));
            }
            assertThat(run(concat("demo", options))).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(said.toString()).contains("is in use by another demo");

            demo.interrupt();

            assertThat(demo.awaitExit()).as(demo.log()).isEqualTo(INTERRUPTED);
            assertThat(demo.log()).endsWith("stopping\nThe data, configurations and the log are in " + kept);
        }
        assertThat(run("demo", "--data", kept.toString(), "--resp-port=0", "--rest-port=0", "--regions=us"))
                .isEqualTo(ExitCode.CONFIG);
        assertThat(said.toString()).contains("holds a demo of --regions us,eu --nodes-per-region 1, not of ");
        try (ServerProcess demo = start(options)) {
            demo.awaitLine(line -> line.equals("Ctrl-C stops it."));

            assertThat(paste("redis-cli -p " + (resp + 10) + " GET city")).isEqualTo("Lisbon\n");
        }
    }

    /** Takes SIGINT also where this test runs in the background. */
    private static ServerProcess start(List<String> options) throws IOException {
        Program perl = Program.require("perl", "apt install perl-base");
        List<String> command =
                new ArrayList<>(List.of(perl.path().toString(), "-e", "$SIG{INT} = 'DEFAULT'; exec @ARGV", LAUNCHER));
        command.addAll(List.of(concat("demo", options)));
        return ServerProcess.start(command, Map.of());
    }

    private static String[] concat(String command, List<String> options) {
        return Stream.concat(Stream.of(command), options.stream()).toArray(String[]::new);
    }

    private static String row(String region, int resp, int rest, String role, String token) {
        return String.format(
                Locale.ROOT,
                "%-12s %-10s %-16s %-22s %-34s %s\n",
                region + "-1",
                region,
                "127.0.0.1:" + resp,
                "http://127.0.0.1:" + rest,
                role,
                token);
    }

    private static String paste(String line) {
        Program.require("redis-cli", "apt install redis-tools");
        Program.require("curl", "apt install curl");
        Program.Ended ended = new Program(Path.of("/bin/sh")).run(Map.of(), "", "-c", line);
        assertThat(ended.status()).as(ended.output()).isZero();
        return ended.output();
    }

    /** What a line of the page that is pasted into a shell brings. */
    private static String expected(String line) {
        if (line.contains("redis-cli") && line.endsWith("SET city Lisbon")) {
            return "^OK\n$";
        }
        if (line.contains("redis-cli") && line.endsWith("GET city")) {
            return "^Lisbon\n$";
        }
        if (line.endsWith("MERIDIAN HELP")) {
            return "^MERIDIAN <subcommand>";
        }
        if (line.endsWith("/get/city")) {
            return Pattern.quote("{\"result\":\"Lisbon\"}");
        }
        if (line.endsWith("/metrics")) {
            return "\nmeridian_node\\{";
        }
        throw new AssertionError("what is to come of this? " + line);
    }

    /** The first of two ports that are free, and so are those 10 above them, a second region's. */
    private static int freePorts() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            if (isFree(port) && isFree(port + 1) && isFree(port + 10) && isFree(port + 11)) {
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "--regions,    'eu,eu', 'at least one region, each once'",
        "--regions,    US,      'is not a name of 1 to 63 lower-case letters'",
        "--resp-port,  70000,   'no RESP ports from 70000 to 70022'",
        "--resp-port,  -1,      'no RESP ports from -1 to 21'",
        "--rest-port,  65530,   'no REST ports from 65530 to 65552'",
        "--wan,        x,       'is neither'",
    })
    void wrongOptionsAreRefused(String option, String value, String why) {
        assertThat(run("demo", "--data", folder.resolve("unused").toString(), option, value))
                .isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(said.toString()).contains(why).doesNotContain("a fault of the program");
        assertThat(folder.resolve("unused")).doesNotExist();
    }

    @Test
    void aPortInUseIsOneClearLineAndLeavesNothing() throws Exception {
        Set<String> before = temporaryFolders();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(runAlone("--resp-port", "" + taken.getLocalPort())).isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(temporaryFolders()).isSubsetOf(before);
        assertThat(said.toString())
                .startsWith("meridian: cannot listen on")
                .contains("in use")
                .hasLineCount(1);
    }

    @Test
    void aStartThatFailsKeepsTheFolderThatWasAskedForAndSaysWhereItsLogIs() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(runAlone("--data", folder.toString(), "--resp-port", "" + taken.getLocalPort()))
                    .isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(said.toString())
                .contains("cannot listen on", "The data, configurations and the log are in " + folder);
        assertThat(folder.resolve("demo.log")).isRegularFile();
    }

    @Test
    void aFolderThatCannotBeMadeIsOneClearLine() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(runAlone("--data", file.toString())).isEqualTo(ExitCode.IO);
        assertThat(said.toString())
                .startsWith("meridian: cannot make the folder for the data: ")
                .hasLineCount(1);
    }

    private static Set<String> temporaryFolders() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.startsWith("meridian-demo-"))
                    .collect(Collectors.toSet());
        }
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
