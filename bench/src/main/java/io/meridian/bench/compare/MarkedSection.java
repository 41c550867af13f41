// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a Markdown file between two markers, which a command writes anew while the rest stays as it is. */
final class MarkedSection {
    static final String BEGIN = "<!-- measured: begin -->";
    static final String END = "<!-- measured: end -->";

    private MarkedSection() {}

    /**
     * Puts the text between the markers. A file that does not exist is made of the text alone; throws IOException for one
     * without the two markers, each once and in this order, and leaves it as it is.
     */
    static void write(Path file, String text) throws IOException {
        String section = BEGIN + "\n\n" + text.strip() + "\n\n" + END;
        if (!Files.exists(file)) {
            Files.writeString(file, section + "\n");
            return;
        }
        Files.writeString(file, replaced(Files.readString(file, StandardCharsets.UTF_8), section, file));
    }

    private static String replaced(String page, String section, Path file) throws IOException {
        int begin = page.indexOf(BEGIN);
        int end = page.indexOf(END);
        if (begin < 0 || end < begin || page.lastIndexOf(BEGIN) != begin || page.lastIndexOf(END) != end) {
            throw new IOException(file + " does not have the markers " + BEGIN + " and " + END + " once each");
        }
        return page.substring(0, begin) + section + page.substring(end + END.length());
    }
}
