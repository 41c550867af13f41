// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds docs/benchmarks.md and the rows together. */
class BenchmarksPageTest {
    private static final Path PAGE = Path.of("..", "docs", "benchmarks.md");

    @Test
    void thePageExplainsEveryRowAndHasItsMarkers() throws IOException {
        String page = Files.readString(PAGE);

        for (Row row : Row.values()) {
            assertThat(page).contains("| `" + row.word() + "` |");
        }
        assertThat(page.split(MarkedSection.BEGIN, -1)).hasSize(2);
        assertThat(page.split(MarkedSection.END, -1)).hasSize(2);
        assertThat(page.indexOf(MarkedSection.BEGIN)).isLessThan(page.indexOf(MarkedSection.END));
    }
}
