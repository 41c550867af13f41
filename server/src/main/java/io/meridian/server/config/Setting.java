// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One row of the table of settings.
 *
 * @param name the path in the file, joined by dots; a part in angle brackets stands for any name
 * @param fallback the text that counts when the setting is absent; empty: there is none, see {@code isRequired}
 * @param isRequired whether the setting must be there; below a part in angle brackets: wherever that part is
 * @param doc one sentence for an operator
 */
record Setting<T>(String name, Type<T> type, Optional<String> fallback, boolean isRequired, String doc) {
    private static final String ENVIRONMENT_PREFIX = "MERIDIAN_";

    List<String> parts() {
        return List.of(name.split("\\."));
    }

    /** The environment variable that overrides the setting; settings under a part in angle brackets have none. */
    Optional<String> variable() {
        return name.contains("<")
                ? Optional.empty()
                : Optional.of(ENVIRONMENT_PREFIX
                        + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
    }

    /** The path of this setting for the given names in place of its parts in angle brackets. */
    String at(String... names) {
        String path = name;
        for (String one : names) {
            path = path.replaceFirst("<[a-z]+>", one);
        }
        return path;
    }
}
