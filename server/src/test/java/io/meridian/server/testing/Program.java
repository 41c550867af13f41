// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A program of this machine that a test runs to its end. */
public record Program(Path path) {
    private static final long SECONDS_MAX = 120;
    private static final Path SOURCES = Path.of("src", "test");

    /** What it said, on both outputs, and how it ended. */
    public record Ended(int status, String output) {}

    /**
     * Finds a program on the path. Where there is none, the test is left out, by name; with CI=true it fails.
     *
     * @param from how to get it
     */
    public static Program require(String name, String from) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        Optional<Path> found = Stream.of(path.split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            leaveOut("there is no " + name + " (" + from + ")");
        }
        return new Program(found.orElseThrow());
    }

    /** Debian's Python, if it has this module; the first one on the path may be another. */
    public static Program requirePython(String module, String from) {
        Program python = new Program(Path.of("/usr/bin/python3"));
        if (!Files.isExecutable(python.path()) || python.run(Map.of(), "", "-c", "import " + module).status != 0) {
            leaveOut("/usr/bin/python3 has no module " + module + " (" + from + ")");
        }
        return python;
    }

    /** Node with the packages of this module's tests. */
    public static Program requireNode() {
        Program node = require("node", "apt install nodejs npm");
        Path packages = SOURCES.resolve("js");
        if (!Files.isDirectory(packages.resolve("node_modules"))) {
            leaveOut("the npm packages are not installed (npm ci in server/" + packages + ")");
        }
        return node;
    }

    private static void leaveOut(String why) {
        String text = "LEFT OUT: client tests: " + why;
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(text);
        }
        System.err.println(text);
        Assumptions.abort(text);
    }

    /** Runs a script of this module's test sources; fails unless it says that all of its checks passed. */
    public void runChecks(String script, int checksMin, Map<String, String> environment) {
        Ended ended = run(environment, "", SOURCES.resolve(script).toString());
        List<String> lines = ended.output().lines().toList();
        String last = lines.isEmpty() ? "" : lines.getLast();
        if (ended.status() != 0 || !last.matches("(\\d+) of \\1 checks passed")) {
            throw new AssertionError(script + " ended with " + ended.status() + ":\n" + ended.output());
        }
        if (Integer.parseInt(last.substring(0, last.indexOf(' '))) < checksMin) {
            throw new AssertionError(script + " checked less than expected: " + last);
        }
    }

    /** Runs it with this input; kills it, and fails, when it takes two minutes. */
    public Ended run(Map<String, String> environment, String input, String... arguments) {
        return run(environment, input.getBytes(StandardCharsets.UTF_8), arguments);
    }

    /** The same with bytes. */
    public Ended run(Map<String, String> environment, byte[] input, String... arguments) {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            Thread writer = Thread.ofVirtual().start(() -> write(process, input));
            Thread guard = Thread.ofVirtual().start(() -> endLate(process));
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            writer.join();
            guard.join();
            return new Ended(status, output);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }

    private static void write(Process process, byte[] input) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(input);
        } catch (IOException _) {
            // It ended without reading all: its status tells whether that is wrong.
        }
    }

    private static void endLate(Process process) {
        try {
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
