// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Bytes of a format as they were once written: what is on disks and must stay readable.
 *
 * <p>{@code -Dgolden.update} writes them anew; then say in the commit why they may change.
 */
public final class Golden {
    private static final int BYTES_A_LINE = 32;

    private Golden() {}

    /** Fails when the bytes are not those of the file {@code golden/NAME.hex} among the test resources. */
    public static void assertSame(String name, Bytes actual) {
        if (System.getProperty("golden.update") != null) {
            write(name, actual.toArray());
        }
        assertThat(HexFormat.of().formatHex(actual.toArray()))
                .isEqualTo(HexFormat.of().formatHex(read(name)));
    }

    /** The bytes of the file {@code golden/NAME.hex}. */
    public static byte[] read(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name + ".hex")) {
            assertThat(in).as("golden/" + name + ".hex").isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static void write(String name, byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += BYTES_A_LINE) {
            int end = Math.min(bytes.length, at + BYTES_A_LINE);
            text.append(HexFormat.of().formatHex(bytes, at, end)).append('\n');
        }
        for (String root : new String[] {"src/test/resources", "target/test-classes"}) {
            Path file = Path.of(root, "golden", name + ".hex");
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }
}
