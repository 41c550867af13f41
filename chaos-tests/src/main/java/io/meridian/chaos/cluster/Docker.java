// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Makes sure that containers can be run: by the daemon that runs already, else by one of our own.
 *
 * <p>One of our own listens where all clients look for it, keeps everything else in a folder of its own, and ends with
 * this process, however that ends; not before, for Testcontainers looks for something to remove until then.
 */
public final class Docker {
    /** What Testcontainers must be told so that it pulls no image: its own cleaner, and one to look for the host. */
    public static final Map<String, String> ENVIRONMENT =
            Map.of("TESTCONTAINERS_RYUK_DISABLED", "true", "TESTCONTAINERS_HOST_OVERRIDE", "127.0.0.1");

    /** A short name: the daemon's sockets below it may have no more than 108 characters. */
    private static final Path FOLDER =
            Path.of(System.getProperty("java.io.tmpdir"), "meridian-docker").toAbsolutePath();

    /** Debian's path of an ordinary user has not the folders where daemons are. */
    private static final String PATH = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";

    private static final Duration START_PATIENCE = Duration.ofSeconds(60);

    /** The daemon of a harness that has just ended may need a moment: the lock waits for it. */
    private static final String SCRIPT = """
        exec 9>"$DOCKER_FOLDER.lock" && flock -w 30 9 || exit 1
        mkdir -p "$DOCKER_FOLDER"
        dockerd --data-root "$DOCKER_FOLDER/data" --exec-root "$DOCKER_FOLDER/exec" \
          --pidfile "$DOCKER_FOLDER/docker.pid" --shutdown-timeout 2 9>&- </dev/null &
        read -r word
        kill $!
        wait $!
        rm -rf "$DOCKER_FOLDER"
        """;

    private Docker() {}

    /**
     * Starts a daemon where none answers; all its files are below the folder for temporary files.
     *
     * @throws DockerMissing where none runs and none can be started; the message says why
     */
    public static synchronized void ensure() throws IOException, DockerMissing {
        for (Map.Entry<String, String> setting : ENVIRONMENT.entrySet()) {
            if (!setting.getValue().equals(System.getenv(setting.getKey()))) {
                throw new DockerMissing(setting + " is not in the environment");
            }
        }
        if (answers()) {
            return;
        }
        for (String program : List.of("docker", "dockerd", "iptables")) {
            if (!isInstalled(program)) {
                throw new DockerMissing("there is no " + program + " (Debian: apt-get install docker.io iptables)");
            }
        }
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new DockerMissing("no Docker daemon answers, and only root could start one");
        }
        Path log = Files.createTempFile("dockerd", ".log");
        try {
            start(log);
        } finally {
            Files.delete(log);
        }
    }

    private static void start(Path log) throws IOException, DockerMissing {
        ProcessBuilder builder = new ProcessBuilder("setsid", "sh", "-c", SCRIPT)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("DOCKER_FOLDER", FOLDER.toString());
        builder.environment().put("PATH", PATH);
        Process daemon = builder.start();
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!answers()) {
            if (!daemon.isAlive() || noDaemon(log) || System.nanoTime() - deadline > 0) {
                daemon.getOutputStream().close();
                throw new DockerMissing("dockerd does not start: " + lastLine(log));
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(PATH.split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static boolean noDaemon(Path log) throws IOException {
        String text = Files.readString(log);
        return text.contains("failed to start daemon");
    }

    private static boolean answers() throws IOException {
        try {
            Process info = new ProcessBuilder("docker", "info", "--format", "{{.ServerVersion}}")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = info.waitFor(10, TimeUnit.SECONDS);
            info.destroyForcibly();
            return ended && info.exitValue() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException e) {
            return false; // No docker command.
        }
    }

    private static String lastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "(it logged nothing)" : lines.getLast();
    }
}
