// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.option.SnapshotCopierOptions;
import com.alipay.sofa.jraft.storage.snapshot.Snapshot;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotCopier;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotStorage;
import com.alipay.sofa.jraft.storage.snapshot.local.LocalSnapshotWriter;
import com.google.protobuf.Message;
import io.meridian.engine.CorruptBytesException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's snapshots, each with a checksum of its description.
 *
 * <p>The description says which index and term the snapshot is of, and who votes. JRaft's has no checksum: it takes a damaged one
 * for a snapshot of something else, or for none at all, and goes on without a word. Here the replica does not start, before
 * anything is deleted; and a leader whose newest snapshot has a damaged description stops rather than send it. The file itself has
 * checksums of its own: who receives one looks at them before it takes the place of the snapshot that is there.
 */
final class SealedSnapshots extends LocalSnapshotStorage {
    private static final Logger LOG = LoggerFactory.getLogger(SealedSnapshots.class);
    private static final String SEAL = "seal";
    private static final String CHECKSUM = "description-crc32c";
    // The sender tries again at once, a snapshot is large, and without writes the leader makes no other.
    private static final long DAMAGED_NANOS_MIN = TimeUnit.SECONDS.toNanos(5);
    private static final long DAMAGED_NANOS_MAX = TimeUnit.MINUTES.toNanos(10);

    private final ReplicaFolder folder;
    private final RaftOptions options;
    private final Consumer<String> whenDamaged;
    private volatile long damagedNanos;
    // For how long nothing is received after that; 0 when the last that came was whole.
    private volatile long damagedPauseNanos;
    // The id of the thread that has just received a damaged snapshot, and asks for it next; or 0.
    private volatile long receiverOfDamaged;
    // All writers have the same folder, and the number of those made so far: the last one's.
    private final ReentrantLock writing = new ReentrantLock();
    private long created;

    /** @param whenDamaged is told why the newest snapshot is refused at the start, in words for an operator */
    SealedSnapshots(ReplicaFolder folder, RaftOptions options, Consumer<String> whenDamaged) {
        super(folder.snapshot().toString(), "", options);
        this.folder = folder;
        this.options = options;
        this.whenDamaged = whenDamaged;
    }

    /** Looks at the newest snapshot before those before it are deleted. */
    @Override
    public boolean init(@Nullable Void none) {
        Optional<String> problem = problemWith(folder.newestSnapshot());
        problem.ifPresent(whenDamaged);
        return problem.isEmpty() && super.init(null);
    }

    @Override
    public @Nullable SnapshotWriter create(boolean fromEmpty) {
        writing.lock();
        try {
            receiverOfDamaged = 0;
            created++;
            // Makes the directory; a writer keeps nothing there before it is synced.
            SnapshotWriter unsealed = super.create(fromEmpty);
            if (unsealed == null) {
                return null;
            }
            SealingWriter writer = new SealingWriter(unsealed.getPath(), created);
            return writer.init(null) ? writer : null;
        } finally {
            writing.unlock();
        }
    }

    @Override
    public @Nullable SnapshotReader open() {
        if (receiverOfDamaged == Thread.currentThread().threadId()) {
            // The one before it is still there, but JRaft would take it for the one that was sent.
            receiverOfDamaged = 0;
            return null;
        }
        long index = getLastSnapshotIndex();
        Optional<String> problem = problemWith(index);
        while (problem.isPresent() && index != getLastSnapshotIndex()) {
            // Another has taken its place, and it was deleted while it was looked at.
            index = getLastSnapshotIndex();
            problem = problemWith(index);
        }
        if (problem.isPresent()) {
            LOG.error("{}", problem.get());
            return null;
        }
        return super.open();
    }

    /** Receives a snapshot; null, and the sender is to try again, for a while after a damaged one has come. */
    @Override
    public @Nullable SnapshotCopier startToCopyFrom(String uri, SnapshotCopierOptions copying) {
        return System.nanoTime() - damagedNanos < damagedPauseNanos ? null : super.startToCopyFrom(uri, copying);
    }

    /** What is wrong with the snapshot of that index, in words; of index 0, none, nothing is. */
    private Optional<String> problemWith(long index) {
        if (index == 0) {
            return Optional.empty();
        }
        Path snapshot = folder.snapshot().resolve(Snapshot.JRAFT_SNAPSHOT_PREFIX + index);
        try {
            String sealed = new IdentityFile(snapshot, SEAL).read().get(CHECKSUM);
            return checksum(snapshot).equals(sealed)
                    ? Optional.empty()
                    : Optional.of("the description of the snapshot in " + snapshot
                            + " is damaged: its checksum is not that of its content");
        } catch (IOException unreadable) {
            return Optional.of("the description of the snapshot in " + snapshot + " cannot be read: " + unreadable);
        } catch (StoreException unusable) {
            return Optional.of("the snapshot in " + snapshot + " is unusable: " + unusable.getMessage());
        }
    }

    private static String checksum(Path snapshot) throws IOException {
        CRC32C sum = new CRC32C();
        sum.update(Files.readAllBytes(snapshot.resolve(Snapshot.JRAFT_SNAPSHOT_META_FILE)));
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }

    /** Seals the description each time it is written. */
    private final class SealingWriter extends LocalSnapshotWriter {
        private final long number;
        private final List<String> received = new ArrayList<>();

        SealingWriter(String path, long number) {
            super(path, SealedSnapshots.this, options);
            this.number = number;
        }

        /** JRaft's copier tells what the sender says of a file; who saves one tells nothing. */
        @Override
        public boolean addFile(String name, @Nullable Message described) {
            if (described != null) {
                received.add(name);
            }
            return super.addFile(name, described);
        }

        /**
         * Looks at what was received before it takes the place of the snapshot that is there. That takes its time: meanwhile the
         * transfer may be broken off, which interrupts this thread, and another begin in the same folder.
         */
        @Override
        public void close() throws IOException {
            Optional<String> damage = isOk() ? damage() : Optional.empty();
            writing.lock();
            try {
                if (number != created) {
                    return;
                }
                if (Thread.currentThread().isInterrupted()) {
                    setError(RaftError.ECANCELED, "it was broken off");
                } else if (damage.isPresent()) {
                    setError(RaftError.EINVAL, "%s", damage.get());
                    refuseFor(Math.min(Math.max(DAMAGED_NANOS_MIN, 2 * damagedPauseNanos), DAMAGED_NANOS_MAX));
                    LOG.error(
                            "the snapshot that the leader sends does not take the place of the one in {}: {}. It may be"
                                    + " damaged on the leader's disk: its next snapshot, or another leader's, will do",
                            folder.snapshot(),
                            damage.get());
                } else if (isOk() && !received.isEmpty()) {
                    damagedPauseNanos = 0;
                }
                super.close();
            } finally {
                writing.unlock();
            }
        }

        private void refuseFor(long nanos) {
            damagedPauseNanos = nanos;
            damagedNanos = System.nanoTime();
            receiverOfDamaged = Thread.currentThread().threadId();
        }

        /** What is wrong with the files that were received, in words. */
        private Optional<String> damage() {
            for (String name : received) {
                Path file = Path.of(getPath(), name);
                // A channel, because reading a file of gigabytes must end when the thread is interrupted.
                try (InputStream in = Channels.newInputStream(FileChannel.open(file))) {
                    io.meridian.engine.apply.SnapshotReader.check(in);
                } catch (IOException | CorruptBytesException unusable) {
                    return Optional.of("its file " + name + " is unusable, " + unusable.getMessage());
                }
            }
            return Optional.empty();
        }

        @Override
        public boolean sync() throws IOException {
            if (!super.sync()) {
                return false;
            }
            Path directory = Path.of(getPath());
            new IdentityFile(directory, SEAL).write(Map.of(CHECKSUM, checksum(directory)));
            return true;
        }
    }
}
