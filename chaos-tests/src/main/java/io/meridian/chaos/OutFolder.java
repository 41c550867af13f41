// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Folders that hold nothing of another run: nodes would find its data, and its history would be mixed with theirs. */
final class OutFolder {
    private OutFolder() {}

    /** Makes a folder of this name, or of the name with the next number that is free. */
    static Path fresh(Path parent, String name) throws IOException {
        Files.createDirectories(parent);
        Path folder = parent.resolve(name);
        for (int i = 2; Files.exists(folder); i++) {
            folder = parent.resolve(name + "-" + i);
        }
        return Files.createDirectory(folder);
    }

    /** Makes the folder where it is missing; fails where it is not empty. */
    static Path empty(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) {
                throw new IOException(folder + " is not empty: a run needs a folder of its own");
            }
        }
        return folder;
    }
}
