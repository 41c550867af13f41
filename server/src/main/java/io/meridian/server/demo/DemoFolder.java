// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The folder of one demo: of one process at a time, and of the regions and nodes that it began with. */
public final class DemoFolder implements AutoCloseable {
    private static final String FILE = "demo.shape";

    private final FileChannel channel;

    private DemoFolder(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes an existing folder, before anything in it is changed.
     *
     * @throws StartException when another demo runs in it, or one of other regions or nodes is kept there
     */
    public static DemoFolder take(Path folder, DemoSettings settings) throws StartException, IOException {
        FileChannel channel = FileChannel.open(
                folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (lock(channel) == null) {
                throw new StartException(ExitCode.UNAVAILABLE, "the folder " + folder + " is in use by another demo");
            }
            String wanted = shape(settings);
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(channel.size(), 1 << 16));
            while (content.hasRemaining() && channel.read(content) >= 0) {
                // Small, and mostly there at once.
            }
            String kept = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8).strip();
            if (!kept.isEmpty() && !kept.equals(wanted)) {
                throw new StartException(
                        ExitCode.CONFIG,
                        "the folder " + folder + " holds a demo of " + kept + ", not of " + wanted
                                + ": start it like that, or take another folder");
            }
            channel.write(ByteBuffer.wrap((wanted + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            return new DemoFolder(channel);
        } catch (StartException | IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static String shape(DemoSettings settings) {
        return "--regions " + String.join(",", settings.regions()) + " --nodes-per-region " + settings.nodesPerRegion();
    }

    /** Lets others take it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
