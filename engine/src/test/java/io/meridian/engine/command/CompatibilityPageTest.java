// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CompatibilityPageTest {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "."), "..", "docs", "compatibility.md");

    @Test
    void thePageIsWhatTheTableSays() throws IOException {
        String page = CompatibilityPage.render(notes());

        if (System.getProperty("docs.update") != null) {
            Files.writeString(PAGE, page);
        }

        assertThat(PAGE)
                .as("docs/compatibility.md is out of date: run this test with -Ddocs.update")
                .content()
                .isEqualTo(page);
    }

    @Test
    void notesAreOnCommandsThereAre() throws IOException {
        assertThat(notes().keySet())
                .allSatisfy(name ->
                        assertThat(CommandTable.REDIS.named(name)).as(name).isPresent());
    }

    /** Lines of compatibility-notes.txt: a name of the table, two spaces or more, and how it differs from Redis. */
    private static Map<String, String> notes() throws IOException {
        Map<String, String> notes = new TreeMap<>();
        try (var stream = CompatibilityPageTest.class.getResourceAsStream("/compatibility-notes.txt")) {
            new String(java.util.Objects.requireNonNull(stream).readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .map(line -> line.split(" {2,}", 2))
                    .forEach(note -> notes.put(note[0], note[1]));
        }
        return notes;
    }
}
