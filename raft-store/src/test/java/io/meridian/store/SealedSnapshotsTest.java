// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.entity.LocalFileMetaOutter.LocalFileMeta;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot is what its description says, or it is not used. */
final class SealedSnapshotsTest {
    private static final SnapshotMeta META = SnapshotMeta.newBuilder()
            .setLastIncludedIndex(7)
            .setLastIncludedTerm(3)
            .addPeers("a:1")
            .build();

    @TempDir
    Path directory;

    private final List<String> refusals = new ArrayList<>();
    private SealedSnapshots snapshots;

    @BeforeEach
    void save() throws Exception {
        RaftSettings.load();
        snapshots = storage();
        assertThat(snapshots.init(null)).isTrue();
        SnapshotWriter writer = Objects.requireNonNull(snapshots.create());
        Files.writeString(Path.of(writer.getPath()).resolve("keyspace"), "keys");
        assertThat(writer.addFile("keyspace")).isTrue();
        assertThat(writer.saveMeta(META)).isTrue();
        writer.close();
    }

    private SealedSnapshots storage() throws StoreException {
        return new SealedSnapshots(
                ReplicaFolder.open(directory, "cluster", "a", "here/0"), new RaftOptions(), refusals::add);
    }

    @Test
    void aWholeSnapshotIsReadAlsoAfterAStart() throws Exception {
        SealedSnapshots again = storage();
        assertThat(again.init(null)).isTrue();

        for (SealedSnapshots each : List.of(snapshots, again)) {
            try (SnapshotReader reader = Objects.requireNonNull(each.open())) {
                assertThat(reader.load()).isEqualTo(META);
                assertThat(reader.listFiles()).containsExactly("keyspace");
            }
        }
        assertThat(refusals).isEmpty();
    }

    @Test
    void aDescriptionWithADamagedBitIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(description());
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));

            assertRefused(damaged);
        }
    }

    @Test
    void aTornDescriptionIsRefused() throws Exception {
        byte[] whole = Files.readAllBytes(description());
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void aSnapshotWithoutItsSealIsRefusedAndNoneIsDeleted() throws Exception {
        Path older = Files.createDirectory(directory.resolve("snapshot/snapshot_5"));
        Files.delete(description().resolveSibling("seal"));

        assertThat(storage().init(null)).isFalse();
        assertThat(refusals).singleElement().asString().contains("snapshot_7");
        assertThat(older).exists();
        assertThat(snapshots.open()).isNull();
    }

    /** JRaft forgets a transfer that it breaks off, and may begin the next before that one has ended. */
    @Test
    void aTransferThatWasBrokenOffLeavesTheNextAlone() throws Exception {
        SnapshotWriter brokenOff = Objects.requireNonNull(snapshots.create());
        Files.writeString(Path.of(brokenOff.getPath()).resolve("keyspace"), "not whole");
        assertThat(brokenOff.addFile("keyspace", LocalFileMeta.getDefaultInstance()))
                .isTrue();
        assertThat(brokenOff.saveMeta(META.toBuilder().setLastIncludedIndex(8).build()))
                .isTrue();
        SnapshotWriter next = Objects.requireNonNull(snapshots.create());
        Files.writeString(Path.of(next.getPath()).resolve("keyspace"), "newer keys");
        assertThat(next.addFile("keyspace")).isTrue();
        SnapshotMeta newer = META.toBuilder().setLastIncludedIndex(9).build();
        assertThat(next.saveMeta(newer)).isTrue();

        brokenOff.close();
        next.close();

        try (SnapshotReader reader = Objects.requireNonNull(snapshots.open())) {
            assertThat(reader.load()).isEqualTo(newer);
        }
        assertThat(directory.resolve("snapshot/snapshot_9/keyspace")).hasContent("newer keys");
    }

    @Test
    void aTransferThatIsInterruptedTakesNoPlace() throws Exception {
        SnapshotWriter interrupted = Objects.requireNonNull(snapshots.create());
        assertThat(interrupted.saveMeta(META.toBuilder().setLastIncludedIndex(8).build()))
                .isTrue();
        Thread.currentThread().interrupt();
        try {
            interrupted.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }

        try (SnapshotReader reader = Objects.requireNonNull(snapshots.open())) {
            assertThat(reader.load()).isEqualTo(META);
        }
        assertThat(directory.resolve("snapshot/temp")).doesNotExist();
    }

    private Path description() {
        return directory.resolve("snapshot/snapshot_7/__raft_snapshot_meta");
    }

    private void assertRefused(byte[] content) throws Exception {
        refusals.clear();
        Files.write(description(), content);

        assertThat(storage().init(null)).isFalse();
        assertThat(refusals).singleElement().asString().contains("description of the snapshot");
        assertThat(snapshots.open()).isNull();
    }
}
