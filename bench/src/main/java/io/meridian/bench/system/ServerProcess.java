// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server as a process of this machine; none outlives this JVM. */
public final class ServerProcess implements AutoCloseable {
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();
    private static final int LOG_LINES = 12;
    private static final long STOP_SECONDS = 40;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String name;
    private final Process process;
    private final Path log;

    private ServerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a program that does not put itself into the background.
     *
     * @param environment what to add, after all that speaks of Meridian or etcd has been taken away
     * @param folder what it runs in, and where its output goes, appended to a file of its name
     */
    static ServerProcess start(String name, List<String> command, Map<String, String> environment, Path folder)
            throws IOException {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                // What a server dumps into its working directory goes with its data.
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(key -> key.startsWith("MERIDIAN_") || key.startsWith("ETCD_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        RUNNING.add(process);
        process.getOutputStream().close();
        return new ServerProcess(name, process, log);
    }

    public long pid() {
        return process.pid();
    }

    /** Throws ServerEndedException with the end of its log when it is not running any more. */
    void requireAlive() {
        if (!process.isAlive()) {
            throw new ServerEndedException(name + " ended with status " + process.exitValue() + ":\n" + logEnd());
        }
    }

    /** Asks it to stop, and waits until it has; kills it when it does not. */
    void stop() throws InterruptedException {
        process.toHandle().destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            kill();
            throw new IllegalStateException(name + " did not stop within " + STOP_SECONDS + " s:\n" + logEnd());
        }
        RUNNING.remove(process);
    }

    /** Kills it, and waits until it is gone. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
        RUNNING.remove(process);
    }

    private String logEnd() {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "(its log " + log + " cannot be read: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        kill();
    }
}
