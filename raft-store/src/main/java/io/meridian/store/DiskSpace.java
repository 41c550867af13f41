// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Watches how much space is left for a node's files, so that writes stop before the log cannot be written. */
final class DiskSpace {
    // Found once: to find it the JDK reads the whole table of mounts.
    private final FileStore disk;
    private final long freeBytesMin;
    private volatile long freeBytes = Long.MAX_VALUE;

    DiskSpace(Path directory, long freeBytesMin) throws IOException {
        this.disk = Files.getFileStore(directory);
        this.freeBytesMin = freeBytesMin;
    }

    void look() throws IOException {
        freeBytes = disk.getUsableSpace();
    }

    /** As seen at the last look. */
    long freeBytes() {
        return freeBytes;
    }

    boolean isLow() {
        return freeBytes < freeBytesMin;
    }

    /** Whether a file of this size may be written and leave what must be left. */
    boolean hasRoomFor(long bytes) throws IOException {
        look();
        return freeBytes - bytes >= freeBytesMin;
    }
}
