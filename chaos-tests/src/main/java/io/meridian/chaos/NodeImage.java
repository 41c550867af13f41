// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.cluster.DockerMissing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The image of a node, built by the same script as for Kubernetes. */
final class NodeImage {
    static final String NAME = "meridian:chaos";
    private static final String SCRIPT = "k8s/build-image";
    /** The script's word for a machine that lacks what it needs. */
    private static final int LACKING = 69;

    private static final int MINUTES_MAX = 5;
    private static final int LOG_LINES = 20;

    private NodeImage() {}

    /**
     * Builds the image from the distribution of this source tree; quick where it is up to date.
     *
     * @throws DockerMissing where this machine lacks what that needs; the message says what
     * @throws IOException where the build fails
     */
    static String ensure(Path root) throws IOException, DockerMissing {
        Path script = root.resolve(SCRIPT).toAbsolutePath();
        Path log = Files.createTempFile("build-image", ".log");
        try {
            return build(root, script, log);
        } finally {
            Files.delete(log);
        }
    }

    private static String build(Path root, Path script, Path log) throws IOException, DockerMissing {
        Process build = new ProcessBuilder(script.toString(), NAME)
                .directory(root.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!build.waitFor(MINUTES_MAX, TimeUnit.MINUTES)) {
                throw new IOException(script + " takes more than " + MINUTES_MAX + " minutes: " + end(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + script + " ran", e);
        } finally {
            // What it runs, first: without it nobody would know of that any more.
            build.descendants().forEach(ProcessHandle::destroyForcibly);
            build.destroyForcibly();
        }
        if (build.exitValue() == LACKING) {
            throw new DockerMissing(end(log).lines().reduce("", (_, line) -> line));
        }
        if (build.exitValue() != 0) {
            throw new IOException("the image cannot be built by " + script + ": " + end(log));
        }
        return NAME;
    }

    private static String end(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty()
                ? "(no output)"
                : String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
    }
}
