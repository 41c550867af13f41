// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.node.Version;
import io.meridian.server.testing.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the distribution that this build made. */
final class LauncherIT {
    private static final Path LAUNCHER =
            Path.of("target", "meridian", "bin", "meridian").toAbsolutePath();
    private static final Pattern RESP = Pattern.compile(" RESP [^ ]*:([0-9]+),");
    private static final int TERMINATED = 143;

    @TempDir
    private Path folder;

    @Test
    void itFindsAJavaAndStartsTheProgram() throws Exception {
        assertThat(run(LAUNCHER, Map.of("JAVA_HOME", "/nonexistent"), "version"))
                .startsWith("Meridian " + Version.text())
                .hasLineCount(1);
    }

    @Test
    void withoutAJavaItSaysWhereItLookedAndWhatToDo() throws Exception {
        // Its usual places are on this machine too: only another version makes it find none.
        String script = Files.readString(LAUNCHER);
        assertThat(script).contains("\nJAVA_WANTED=25\n");
        Path other = Files.writeString(
                Files.createDirectory(folder.resolve("bin")).resolve("meridian"),
                script.replace("\nJAVA_WANTED=25\n", "\nJAVA_WANTED=4711\n"));
        assertThat(other.toFile().setExecutable(true)).isTrue();

        Ended ended = end(other, Map.of("JAVA_HOME", "/nonexistent"), "version");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output())
                .startsWith("meridian: no JDK 4711 found: not in JAVA_HOME (/nonexistent)")
                .contains("Install one, for instance", "or set JAVA_HOME");
    }

    @Test
    void itIsFoundThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("linked"), LAUNCHER);
        Path second = Files.createSymbolicLink(folder.resolve("twice"), Path.of("linked"));

        assertThat(link).isSymbolicLink();
        assertThat(run(second, Map.of(), "version")).startsWith("Meridian ");
    }

    @Test
    void itPassesOptionsToTheJvmAfterItsOwn() throws Exception {
        assertThat(run(LAUNCHER, Map.of("MERIDIAN_JAVA_OPTS", "-Xmx77m -XX:+PrintFlagsFinal"), "version"))
                .containsPattern("MaxHeapSize +:?= 8[0-9]{7} ")
                .containsPattern("UseCompactObjectHeaders +:?= true")
                .contains("Meridian ");
    }

    @Test
    void whatTheJvmLearnsInARehearsalServesLaterStarts() throws Exception {
        Path cache = folder.resolve("meridian.aot");
        String data = folder.resolve("rehearsal").toString();

        run(LAUNCHER, recording(cache), "rehearse", "--data", data, "--seconds", "1");

        // In this mode the JVM refuses to start without a cache that it can use; one for a small heap is none for a
        // large one.
        Map<String, String> strict = Map.of("MERIDIAN_JAVA_OPTS", "-XX:AOTMode=on -XX:AOTCache=" + cache + " -Xmx512m");
        assertThat(run(LAUNCHER, strict, "version")).startsWith("Meridian ");
        Path config = Files.writeString(folder.resolve("node.yaml"), Configs.alone("us-1", folder.resolve("data")));
        try (ServerProcess server =
                ServerProcess.start(List.of(LAUNCHER.toString(), "server", "--config", config.toString()), strict)) {
            assertThat(server.awaitLine(line -> line.contains(" has started"))).isNotEmpty();
        }
    }

    private static Map<String, String> recording(Path cache) {
        return Map.of("MERIDIAN_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache);
    }

    @Test
    void theNodeHasTheVersionOfTheLauncherAndGetsItsSignals() throws Exception {
        Path config = Files.writeString(folder.resolve("node.yaml"), Configs.alone("us-1", folder.resolve("data")));

        try (ServerProcess server =
                ServerProcess.start(List.of(LAUNCHER.toString(), "server", "--config", config.toString()), Map.of())) {
            Matcher resp = RESP.matcher(server.awaitLine(line -> line.contains(" has started")));
            assertThat(resp.find()).isTrue();
            assertThat(info(Integer.parseInt(resp.group(1)))).contains("meridian_version:" + Version.text());
            server.terminate();

            assertThat(server.awaitExit()).isEqualTo(TERMINATED);
            assertThat(server.log()).endsWith("stopped").doesNotContain("WARNING");
        }
    }

    /** What a node unpacks there stays when it is killed. */
    @Test
    void aNodePutsNothingIntoTheFolderForTemporaryFiles() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        Path config = Files.writeString(folder.resolve("node.yaml"), Configs.alone("us-1", folder.resolve("data")));

        try (ServerProcess server = ServerProcess.start(
                List.of(LAUNCHER.toString(), "server", "--config", config.toString()),
                Map.of("MERIDIAN_JAVA_OPTS", "-Djava.io.tmpdir=" + temporary))) {
            assertThat(server.awaitLine(line -> line.contains(" has started"))).isNotEmpty();
        }

        assertThat(temporary).isEmptyDirectory();
    }

    private static String info(int port) {
        try (Client client = Client.open(
                "node",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                3,
                "default",
                "a-very-secret-token")) {
            return client.run("INFO server");
        }
    }

    private static String run(Path launcher, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Ended ended = end(launcher, environment, arguments);
        assertThat(ended.status()).as(ended.output()).isZero();
        return ended.output();
    }

    private record Ended(int status, String output) {}

    private static Ended end(Path launcher, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), output);
    }
}
