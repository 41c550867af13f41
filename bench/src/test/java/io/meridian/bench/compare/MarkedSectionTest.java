// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkedSectionTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void replacesWhatIsBetweenTheMarkersAndNothingElse() throws IOException {
        Path page = folder.resolve("page.md");
        Files.writeString(page, "# Title\n\n" + MarkedSection.BEGIN + "\nold\n" + MarkedSection.END + "\nrest\n");

        MarkedSection.write(page, "new\n");
        MarkedSection.write(page, "newer");

        assertThat(page)
                .hasContent("# Title\n\n" + MarkedSection.BEGIN + "\n\nnewer\n\n" + MarkedSection.END + "\nrest\n");
    }

    @Test
    void makesAFileThatCanBeWrittenAgain() throws IOException {
        Path page = folder.resolve("new.md");

        MarkedSection.write(page, "one");
        MarkedSection.write(page, "two");

        assertThat(page).content().contains("two").doesNotContain("one");
    }

    @Test
    void leavesAFileWithoutMarkersAlone() throws IOException {
        Path page = folder.resolve("page.md");
        Files.writeString(page, "precious " + MarkedSection.END + MarkedSection.BEGIN);

        assertThatThrownBy(() -> MarkedSection.write(page, "text"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("markers");
        assertThat(page).content().startsWith("precious");
    }
}
