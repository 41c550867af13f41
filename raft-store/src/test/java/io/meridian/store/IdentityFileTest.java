// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read is what was written, or nothing. */
final class IdentityFileTest {
    @TempDir
    Path directory;

    @Test
    void valuesComeBackWhateverTheyAreCalled() throws Exception {
        Map<String, String> values = Map.of("format", "a", "crc32c", "b=c", "empty", "");
        IdentityFile file = new IdentityFile(directory, "file");

        file.write(values);

        assertThat(file.read()).isEqualTo(values);
    }

    @Test
    void aDamagedOrForeignFileIsRefused() throws Exception {
        IdentityFile file = new IdentityFile(directory, "file");
        file.write(Map.of("index", "1234"));
        String whole = Files.readString(directory.resolve("file"));

        assertRefused(whole.replace("1234", "1235"), "damaged");
        assertRefused(whole.replace("crc32c", "crc32d"), "damaged");
        assertRefused(whole.substring(0, whole.length() - 1), "damaged");
        assertRefused(whole + "index=1\n", "damaged");
        assertRefused("", "does not say its format");
        assertRefused(whole.replace("format=2", "format=1"), "format 1, this version knows 2");
    }

    private void assertRefused(String content, String reason) throws Exception {
        Files.writeString(directory.resolve("file"), content);

        assertThatThrownBy(() -> new IdentityFile(directory, "file").read())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining(reason);
    }
}
