// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.testing.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** {@code meridian server} as a process of its own, with this test's class path and JVM options. */
final class ServerProcess implements AutoCloseable {
    private static final long SECONDS_MAX = 120;

    private final Process process;
    private final List<String> log = new ArrayList<>();
    private final Thread reader;

    private ServerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    static ServerProcess start(Path config, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-") && !option.startsWith("-javaagent"))
                .forEach(command::add);
        command.addAll(List.of(
                // As the launcher does: nothing is left when the process is killed.
                "-Djava.library.path=" + Path.of("target", "meridian", "native").toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                Meridian.class.getName(),
                "server",
                "--config",
                config.toString()));
        return start(command, environment);
    }

    static ServerProcess start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start());
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    log.notifyAll();
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("the output of the process broke off", e);
        }
    }

    /** The first line of the log that fits, once it is there. */
    String awaitLine(Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
        synchronized (log) {
            while (true) {
                for (String line : log) {
                    if (wanted.test(line)) {
                        return line;
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || !reader.isAlive()) {
                    throw new AssertionError("no such line in the log: " + log);
                }
                log.wait(Math.min(left, 100));
            }
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.toHandle().destroy(); // the process' own destroy would close its output too
    }

    /** Sends SIGINT, as Ctrl-C does; a process that was started in the background may have been told to ignore it. */
    void interrupt() {
        Program.Ended sent = new Program(Path.of("/bin/sh")).run(Map.of(), "", "-c", "kill -INT " + process.pid());
        if (sent.status() != 0) {
            throw new AssertionError(sent.output());
        }
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + log());
        }
        reader.join();
        return process.exitValue();
    }

    String log() {
        synchronized (log) {
            return String.join("\n", log);
        }
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly(); // the process' own would close its output while it is read
        process.onExit().join();
    }
}
