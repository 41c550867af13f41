// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A disk of its own, a small tmpfs; whoever is not root leaves the test out, which in CI is a failure. */
final class SmallDisk implements AutoCloseable {
    static final long MIB = 1L << 20;

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Mounts it on a new folder of this name. */
    static SmallDisk mount(Path folder, long mebibytes) throws IOException {
        Files.createDirectories(folder);
        if (!run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", folder.toString())) {
            leaveOut("LEFT OUT: a full disk: only root can mount a tmpfs");
        }
        return new SmallDisk(folder);
    }

    Path folder() {
        return folder;
    }

    private Path filler() {
        return folder.resolve("of-another-program");
    }

    /** Another program takes all but so many bytes. */
    void fill(long leave) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocateDirect(4096);
        try (FileChannel file = FileChannel.open(filler(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            // Looked at each time: those whose disk it is write beside it.
            while (folder.toFile().getUsableSpace() - leave >= zeros.capacity()) {
                file.write(zeros.clear());
            }
        } catch (IOException full) {
            if (leave > 0) {
                throw full;
            }
        }
    }

    /** The other program gives back what it took. */
    void free() throws IOException {
        Files.delete(filler());
    }

    @Override
    public void close() throws IOException {
        run("umount", "-l", folder.toString());
    }

    private static void leaveOut(String text) {
        if ("true".equals(System.getenv("CI"))) {
            fail(text);
        }
        System.err.println(text);
        abort(text);
    }

    private static boolean run(String... command) throws IOException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
    }
}
