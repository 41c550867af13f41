// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Programs that a test cannot do without. */
public final class Needs {
    private Needs() {}

    /** Leaves the test out where a program is missing; fails it where nothing may be left out ({@code CI=true}). */
    public static void program(String name) {
        boolean isThere = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        if (!isThere) {
            String message = "LEFT OUT: tests of bench: " + name + " is not on the path";
            if ("true".equals(System.getenv("CI"))) {
                fail(message);
            }
            System.err.println(message);
            abort(message);
        }
    }
}
