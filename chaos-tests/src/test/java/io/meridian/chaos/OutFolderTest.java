// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutFolderTest {
    @TempDir
    Path folder;

    @Test
    void noRunGetsTheFolderOfAnother() throws IOException {
        assertThat(OutFolder.fresh(folder.resolve("chaos"), "7")).endsWithRaw(Path.of("chaos", "7"));
        assertThat(OutFolder.fresh(folder.resolve("chaos"), "7")).endsWithRaw(Path.of("chaos", "7-2"));
    }

    @Test
    void folderThatIsNotEmptyIsRefused() throws IOException {
        Path mine = OutFolder.empty(folder.resolve("mine"));
        Files.createFile(mine.resolve("history.jsonl"));

        assertThatThrownBy(() -> OutFolder.empty(mine)).hasMessageContaining("not empty");
    }
}
