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

    private NodeImage() {}

    /**
     * Builds the image from the distribution of this source tree; quick where it is up to date.
     *
     * @throws DockerMissing where it cannot be built; the message says why
     */
    static String ensure(Path root) throws IOException, DockerMissing {
        Path script = root.resolve(SCRIPT).toAbsolutePath();
        if (!Files.isExecutable(script)) {
            throw new DockerMissing("there is no " + script);
        }
        Path log = Files.createTempFile("build-image", ".log");
        Process build = new ProcessBuilder(script.toString(), NAME)
                .directory(root.toAbsolutePath().toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!build.waitFor(5, TimeUnit.MINUTES) || build.exitValue() != 0) {
                build.destroyForcibly();
                List<String> lines = Files.readAllLines(log);
                throw new DockerMissing("the image cannot be built by " + script + ": "
                        + (lines.isEmpty() ? "(no output)" : lines.getLast()) + ", see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.delete(log);
        return NAME;
    }
}
