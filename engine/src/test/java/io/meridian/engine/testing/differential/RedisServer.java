// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A redis-server of its own: in memory only, on a Unix socket in a directory that goes with it. */
public final class RedisServer implements AutoCloseable {
    private static final String BINARY = "redis-server";
    private static final long STOP_SECONDS = 10;

    private final Process process;
    private final Path directory;

    private RedisServer(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
    }

    /**
     * Starts one and waits until it accepts connections. Where none is installed the test is left out, by name; with CI=true
     * it fails.
     */
    public static RedisServer start() {
        Optional<Path> binary = installed();
        if (binary.isEmpty()) {
            String missing = "LEFT OUT: differential tests: no redis-server is installed (apt install redis-server)";
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError(missing);
            }
            System.err.println(missing);
            Assumptions.abort(missing);
        }
        try {
            Path directory = Files.createTempDirectory("redis");
            Process process = new ProcessBuilder(List.of(
                            binary.orElseThrow().toString(),
                            "--port",
                            "0",
                            "--unixsocket",
                            directory.resolve("socket").toString(),
                            "--dir",
                            directory.toString(),
                            "--save",
                            "",
                            "--appendonly",
                            "no"))
                    .redirectErrorStream(true)
                    .start();
            RedisServer server = new RedisServer(process, directory);
            server.awaitReady();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new connection in RESP2 or RESP3. */
    public RespConnection connect(int protocol) {
        return RespConnection.open("redis", address(), protocol);
    }

    /** Where it listens, for a client of its own kind. */
    public UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(directory.resolve("socket"));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Path> installed() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.of(path.split(java.io.File.pathSeparator))
                .map(folder -> Path.of(folder, BINARY))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private void awaitReady() throws IOException {
        BufferedReader log = process.inputReader();
        StringBuilder seen = new StringBuilder();
        String line = log.readLine();
        while (line != null && !line.contains("ready to accept connections")) {
            seen.append(line).append('\n');
            line = log.readLine();
        }
        if (line == null) {
            throw new IOException("redis-server does not start:\n" + seen);
        }
        // What it logs from now on is lost, instead of filling a pipe that nobody reads.
        log.close();
    }
}
