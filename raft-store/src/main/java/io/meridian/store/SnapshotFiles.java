// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.apply.SnapshotCursor;
import io.meridian.engine.apply.SnapshotReader;
import io.meridian.engine.command.CommandTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes and reads the one file of a snapshot, which carries checksums of its own: JRaft looks at no content. */
final class SnapshotFiles {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFiles.class);
    private static final String FILE = "keyspace";
    /** How many bytes are written between two looks at the free space. */
    private static final long LOOK_BYTES = 16L << 20;

    private final String group;
    private final Executor background;
    private final DiskSpace disk;
    private final ReplicaCounters counters;

    SnapshotFiles(String group, Executor background, DiskSpace disk, ReplicaCounters counters) {
        this.group = group;
        this.background = background;
        this.disk = disk;
        this.counters = counters;
    }

    /**
     * Writes a snapshot that was just begun, in the background, and tells JRaft.
     *
     * <p>Never with EIO, which would stop the replica for good: a snapshot that failed is only a snapshot less.
     */
    void save(Applier applier, SnapshotCursor cursor, SnapshotWriter writer, Closure done) {
        try {
            background.execute(() -> done.run(write(applier, cursor, writer)));
        } catch (RejectedExecutionException busy) {
            applier.close(cursor);
            done.run(new Status(RaftError.ECANCELED, "no thread takes the snapshot"));
        }
    }

    private Status write(Applier applier, SnapshotCursor cursor, SnapshotWriter writer) {
        Path file = Path.of(writer.getPath()).resolve(FILE);
        try {
            long begun = System.nanoTime();
            long bytes = write(applier, cursor, file);
            if (!writer.addFile(FILE)) {
                throw new IOException("JRaft does not take the file");
            }
            counters.snapshotsSaved.increment();
            LOG.info(
                    "group {} has a snapshot of {} keys at index {}: {} bytes in {} ms",
                    group,
                    cursor.keyCount(),
                    cursor.index(),
                    bytes,
                    (System.nanoTime() - begun) / 1_000_000);
            return Status.OK();
        } catch (Throwable failed) { // Whatever it is, JRaft must hear of it: it begins no other snapshot before.
            LOG.warn("group {} has no new snapshot", group, failed);
            delete(file);
            return new Status(RaftError.ECANCELED, "%s", failed.toString());
        } finally {
            applier.close(cursor);
        }
    }

    private long write(Applier applier, SnapshotCursor cursor, Path path) throws IOException {
        long written = 0;
        long lookAt = 0;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteWriter buffer = new ByteWriter(2 * SnapshotCursor.BLOCK_BYTES);
            boolean more = true;
            while (more) {
                if (written >= lookAt && !disk.hasRoomFor(LOOK_BYTES)) {
                    throw new IOException("too little space is left on the disk");
                } else if (written >= lookAt) {
                    lookAt += LOOK_BYTES;
                }
                more = applier.read(_ -> cursor.take(SnapshotCursor.BLOCK_BYTES));
                buffer.clear();
                cursor.write(buffer);
                ByteBuffer bytes = ByteBuffer.wrap(buffer.array(), 0, buffer.length());
                while (bytes.hasRemaining()) {
                    written += file.write(bytes);
                }
            }
            file.force(true);
        }
        return written;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failed) {
            LOG.warn("{} cannot be deleted: {}", file, failed.toString());
        }
    }

    /** The state in a snapshot's directory; throws CorruptBytesException for one that is not wholly as it was written. */
    GroupState load(Path directory, CommandTable commands) throws IOException {
        long begun = System.nanoTime();
        try (InputStream in = Files.newInputStream(directory.resolve(FILE))) {
            GroupState state = SnapshotReader.read(in, commands);
            counters.snapshotsLoaded.increment();
            LOG.info(
                    "group {} has loaded a snapshot of {} keys at index {} in {} ms",
                    group,
                    state.size(),
                    state.appliedIndex(),
                    (System.nanoTime() - begun) / 1_000_000);
            return state;
        }
    }
}
