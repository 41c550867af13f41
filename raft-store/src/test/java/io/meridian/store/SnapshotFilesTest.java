// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import com.google.protobuf.Message;
import io.meridian.engine.command.CommandTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever goes wrong while a snapshot is written, the next one can be begun. */
final class SnapshotFilesTest {
    @TempDir
    Path directory;

    private final ReplicaCounters counters = new ReplicaCounters();

    @Test
    void anErrorWhileWritingIsToldAndTheNextSnapshotIsWritten() throws IOException {
        SnapshotFiles files = new SnapshotFiles("here/0", Runnable::run, new DiskSpace(directory, 0), counters);
        Applier applier = new Applier("here/0", CommandTable.REDIS, counters, files, new Silent());
        List<Status> told = new ArrayList<>();

        applier.onSnapshotSave(new Writer(directory, new OutOfMemoryError("test")), told::add);
        applier.onSnapshotSave(new Writer(directory, null), told::add);

        assertThat(told).hasSize(2);
        assertThat(told.getFirst().getRaftError()).isEqualTo(RaftError.ECANCELED);
        assertThat(told.getLast().isOk()).isTrue();
        assertThat(counters.snapshotsSaved()).isEqualTo(1);
    }

    private static final class Silent implements Applier.Listener {
        @Override
        public void leads(long term) {}

        @Override
        public void leadsNoLonger(String reason) {}

        @Override
        public void follows(String leader) {}

        @Override
        public void applied(long index) {}

        @Override
        public void failed(String reason) {}
    }

    /** Takes the file, or fails at it. */
    private static final class Writer extends SnapshotWriter {
        private final Path path;
        private final @Nullable Error error;

        Writer(Path path, @Nullable Error error) {
            this.path = path;
            this.error = error;
        }

        @Override
        public boolean addFile(String fileName, @Nullable Message fileMeta) {
            if (error != null) {
                throw error;
            }
            return true;
        }

        @Override
        public String getPath() {
            return path.toString();
        }

        @Override
        public boolean init(@Nullable Void options) {
            return true;
        }

        @Override
        public void shutdown() {}

        @Override
        public boolean saveMeta(SnapshotMeta meta) {
            return true;
        }

        @Override
        public boolean removeFile(String fileName) {
            return true;
        }

        @Override
        public void close() {}

        @Override
        public void close(boolean keepDataOnError) {}

        @Override
        public Set<String> listFiles() {
            return Set.of();
        }

        @Override
        public @Nullable Message getFileMeta(String fileName) {
            return null;
        }
    }
}
