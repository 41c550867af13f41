// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Holds docs/configuration.md and the table of settings together; {@code -Ddocs.update} rewrites the page. */
final class ConfigurationPageTest {
    // Surefire runs in the module's folder.
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");

    @Test
    void thePageSaysWhatTheTableSays() throws IOException {
        String expected = ConfigurationPage.markdown();
        if (System.getProperty("docs.update") != null) {
            Files.writeString(PAGE, expected);
        }

        assertThat(Files.readString(PAGE))
                .as("docs/configuration.md; rewrite it with -Ddocs.update")
                .isEqualTo(expected);
    }

    @Test
    void thePagesExampleIsAccepted() throws ConfigException {
        ConfigLoader.Loaded loaded = ConfigLoader.parse("example", ConfigurationPage.EXAMPLE, Path.of(""), Map.of());

        assertThat(loaded.config().topology().nodes()).hasSize(9);
        assertThat(loaded.warnings()).isEmpty();
    }

    @Test
    void thePageNamesEverySetting() {
        assertThat(Settings.ALL)
                .hasSizeGreaterThan(35)
                .allSatisfy(
                        setting -> assertThat(ConfigurationPage.markdown()).contains("| `" + setting.name() + "` |"));
    }
}
