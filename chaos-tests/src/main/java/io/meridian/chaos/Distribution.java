// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What the build leaves for a cluster to be started from. */
final class Distribution {
    private Distribution() {}

    /** The folder of the source tree that this runs from. */
    static Path root() {
        return Path.of(System.getProperty("meridian.root", "")).toAbsolutePath();
    }

    /** The launcher of the distribution built in this source tree; empty before it is built. */
    static Optional<Path> launcher() {
        return Optional.of(root().resolve("server/target/meridian/bin/meridian"))
                .filter(Files::isExecutable);
    }
}
