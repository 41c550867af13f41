// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.node.Version;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of the distribution that this build made. */
final class LauncherIT {
    private static final Path LAUNCHER =
            Path.of("target", "meridian", "bin", "meridian").toAbsolutePath();
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

        // In this mode the JVM refuses to start without a cache that it can use.
        assertThat(run(LAUNCHER, Map.of("MERIDIAN_JAVA_OPTS", "-XX:AOTMode=on -XX:AOTCache=" + cache), "version"))
                .startsWith("Meridian ");
    }

    private static Map<String, String> recording(Path cache) {
        return Map.of("MERIDIAN_JAVA_OPTS", "-XX:AOTCacheOutput=" + cache);
    }

    @Test
    void signalsReachTheNode() throws Exception {
        Path config = Files.writeString(folder.resolve("node.yaml"), Configs.alone("us-1", folder.resolve("data")));

        try (ServerProcess server =
                ServerProcess.start(List.of(LAUNCHER.toString(), "server", "--config", config.toString()), Map.of())) {
            server.awaitLine(line -> line.contains(" has started"));
            server.terminate();

            assertThat(server.awaitExit()).isEqualTo(TERMINATED);
            assertThat(server.log()).endsWith("stopped").doesNotContain("WARNING");
        }
    }

    private static String run(Path launcher, Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString()).redirectErrorStream(true);
        builder.command().addAll(List.of(arguments));
        builder.environment().keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }
}
