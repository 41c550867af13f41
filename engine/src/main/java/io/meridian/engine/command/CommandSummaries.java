// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One line on each command, for COMMAND DOCS and the documentation; kept beside the code in command-summaries.txt. */
final class CommandSummaries {
    private static final String RESOURCE = "command-summaries.txt";
    private static final Map<String, String> BY_NAME = load();

    private CommandSummaries() {}

    /** Takes a name of the table; empty for one without a line. */
    static String of(String name) {
        return BY_NAME.getOrDefault(name, "");
    }

    /** All lines there are, by name. */
    static Map<String, String> all() {
        return BY_NAME;
    }

    /** Each line is a name of the table, two spaces or more, and a sentence; empty lines and those with # are skipped. */
    private static Map<String, String> load() {
        Map<String, String> summaries = new TreeMap<>();
        try (InputStream stream = CommandSummaries.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException(RESOURCE + " is missing");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                String[] nameAndText = line.split(" {2,}", 2);
                if (nameAndText.length != 2 || summaries.put(nameAndText[0], nameAndText[1]) != null) {
                    throw new IllegalStateException(RESOURCE + " has a bad or second line: " + line);
                }
            }
            return summaries;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
