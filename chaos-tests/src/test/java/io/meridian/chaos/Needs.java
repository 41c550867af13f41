// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Things that a test cannot do without; where CI=true a missing one is a failure. */
public final class Needs {
    private Needs() {}

    /** Goes on only where a program of this name is on the path. */
    public static void program(String name) {
        boolean found = Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
        if (!found) {
            missing(name + " is not installed");
        }
    }

    /** Leaves the test out loudly; fails it in CI. */
    public static void missing(String what) {
        String text = "LEFT OUT: " + what;
        if ("true".equals(System.getenv("CI"))) {
            fail(text);
        }
        System.err.println(text);
        abort(text);
    }
}
