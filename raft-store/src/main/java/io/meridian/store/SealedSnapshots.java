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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
    // The sender tries again at once, and a snapshot is large.
    private static final long DAMAGED_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final ReplicaFolder folder;
    private final RaftOptions options;
    private final Consumer<String> whenDamaged;
    private volatile long damagedNanos = System.nanoTime() - DAMAGED_NANOS;
    // The id of the thread that has just received a damaged snapshot, and asks for it next; or 0.
    private volatile long receiverOfDamaged;

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
        // Makes the directory; a writer keeps nothing there before it is synced.
        SnapshotWriter unsealed = super.create(fromEmpty);
        if (unsealed == null) {
            return null;
        }
        SealingWriter writer = new SealingWriter(unsealed.getPath());
        return writer.init(null) ? writer : null;
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
        return System.nanoTime() - damagedNanos < DAMAGED_NANOS ? null : super.startToCopyFrom(uri, copying);
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
        private final List<String> received = new ArrayList<>();

        SealingWriter(String path) {
            super(path, SealedSnapshots.this, options);
        }

        /** JRaft's copier tells what the sender says of a file; who saves one tells nothing. */
        @Override
        public boolean addFile(String name, @Nullable Message described) {
            if (described != null) {
                received.add(name);
            }
            return super.addFile(name, described);
        }

        /** A transfer that broke off has left an error here, and its files are deleted as they are. */
        @Override
        public void close() throws IOException {
            if (isOk() && !received.stream().allMatch(this::isWhole)) {
                setError(RaftError.EINVAL, "a file of it is damaged");
                damagedNanos = System.nanoTime();
                receiverOfDamaged = Thread.currentThread().threadId();
            }
            super.close();
        }

        private boolean isWhole(String name) {
            Path file = Path.of(getPath(), name);
            try (InputStream in = Files.newInputStream(file)) {
                io.meridian.engine.apply.SnapshotReader.check(in);
                return true;
            } catch (IOException | CorruptBytesException unusable) {
                LOG.error(
                        "the snapshot that the leader sends does not take the place of the one in {}, its file {} is"
                                + " unusable: {}. It may be damaged on the leader's disk: its next snapshot, or another"
                                + " leader's, will do",
                        folder.snapshot(),
                        name,
                        unusable.getMessage());
                return false;
            }
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
