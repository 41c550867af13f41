// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

    /** The engine, which makes that page, does not know the settings. */
    @Test
    void thePageOnCompatibilityTellsTheDefaultsOfLimits() throws IOException {
        Pattern row = Pattern.compile("\\| [^|]+ \\| ([0-9,]+)( [KM]iB)? \\| `(limits\\.[a-z-]+)`[^|]*\\|");

        List<Matcher> rows = Files.readString(PAGE.resolveSibling("compatibility.md"))
                .lines()
                .map(row::matcher)
                .filter(Matcher::matches)
                .toList();

        assertThat(rows).hasSize(7).allSatisfy(limit -> {
            String unit = limit.group(2) == null ? "" : limit.group(2).strip();
            assertThat(Settings.ALL)
                    .filteredOn(setting -> setting.name().equals(limit.group(3)))
                    .singleElement()
                    .satisfies(setting -> assertThat(setting.fallback())
                            .hasValue(limit.group(1).replace(",", "") + unit));
        });
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
