// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds what the build of the server leaves: the launcher, and what belongs to it. */
final class Distribution {
    private Distribution() {}

    /** The launcher of the distribution built in this source tree; empty before it is built. */
    static Optional<Path> launcher(Path root) throws IOException {
        Path target = root.resolve("server/target");
        if (!Files.isDirectory(target)) {
            return Optional.empty();
        }
        try (Stream<Path> files =
                Files.find(target, 4, (path, _) -> path.endsWith("bin/meridian") && Files.isExecutable(path))) {
            return files.sorted().findFirst();
        }
    }
}
