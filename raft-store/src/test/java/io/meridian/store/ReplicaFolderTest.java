// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a replica's directory remembers from one start to the next. */
final class ReplicaFolderTest {
    @TempDir
    Path directory;

    @Test
    void theFloorOfTheLogIsNeverLowered() throws Exception {
        open().noteFloor(10);
        ReplicaFolder reopened = open();

        // What is applied begins anew at the snapshot.
        reopened.noteFloor(5);

        assertThat(open().floor()).isEqualTo(10);
        assertThat(open().isWhole(7)).isFalse();
        reopened.noteFloor(11);
        assertThat(open().floor()).isEqualTo(11);
        assertThat(open().isWhole(11)).isTrue();
    }

    private ReplicaFolder open() throws StoreException {
        return ReplicaFolder.open(directory, "cluster", "a", "here/0");
    }
}
