// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import io.meridian.bench.client.RespClient;
import io.meridian.bench.client.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's redis-server with its append-only file, and without the snapshots and rewrites that would slow it down. */
public final class RedisServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final ServerProcess process;
    private final int port;

    private RedisServer(ServerProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it, and returns once it answers.
     *
     * @param appendFsync {@code everysec} or {@code always}
     * @param folder its own, made where it is missing
     */
    public static RedisServer start(String appendFsync, Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = Ports.next();
        List<String> command = List.of(
                "redis-server",
                "--port",
                Integer.toString(port),
                "--bind",
                Target.HOST,
                "--dir",
                folder.toAbsolutePath().toString(),
                "--appendonly",
                "yes",
                "--appendfsync",
                appendFsync,
                "--auto-aof-rewrite-percentage",
                "0",
                "--save",
                "");
        ServerProcess process = ServerProcess.start("redis-server", command, Map.of(), folder);
        RedisServer server = new RedisServer(process, port);
        try {
            Await.until("redis-server", PATIENCE, () -> {
                process.requireAlive();
                return server.ask("PING").equals("PONG");
            });
            return server;
        } catch (InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    public Target target() {
        return Target.open(port);
    }

    public long pid() {
        return process.pid();
    }

    /** What Redis says that its data takes, in bytes. */
    public long usedMemory() throws IOException {
        return ask("INFO", "memory")
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring("used_memory:".length()).strip()))
                .findFirst()
                .orElseThrow(() -> new IOException("INFO tells no used_memory"));
    }

    private String ask(String... words) throws IOException {
        try (RespClient client = RespClient.open(target(), TIMEOUT)) {
            return client.call(words).orElse("");
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
