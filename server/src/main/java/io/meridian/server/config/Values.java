// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a file and the environment say, by path; every text in it has been checked against its setting's type. */
final class Values {
    /** The text of one setting, and the place that says it. */
    record Said(String text, String where) {}

    private final Map<String, Said> said = new LinkedHashMap<>();
    private final Map<String, String> sections = new LinkedHashMap<>();

    void put(String path, Said value) {
        said.put(path, value);
    }

    void putSection(String path, String where) {
        sections.put(path, where);
    }

    /** The value of a setting that is required or has a fallback. */
    <T> T get(Setting<T> setting, String... names) {
        return find(setting, names).orElseThrow(() -> new IllegalStateException(setting.name() + " has no value"));
    }

    /** The value of a setting, or of its fallback. */
    <T> Optional<T> find(Setting<T> setting, String... names) {
        return Optional.ofNullable(said.get(setting.at(names)))
                .map(Said::text)
                .or(setting::fallback)
                .map(setting.type().parser());
    }

    boolean has(Setting<?> setting, String... names) {
        return said.containsKey(setting.at(names));
    }

    /** Where a setting or section stands; that of the nearest section above it where it is absent itself. */
    String where(String path) {
        Said value = said.get(path);
        if (value != null) {
            return value.where();
        }
        String section = sections.get(path);
        if (section != null) {
            return section;
        }
        int dot = path.lastIndexOf('.');
        return where(dot < 0 ? "" : path.substring(0, dot));
    }

    /** The words directly below a section, in the order of the file. */
    List<String> below(String section) {
        LinkedHashSet<String> words = new LinkedHashSet<>();
        List<String> paths = new ArrayList<>(sections.keySet());
        paths.addAll(said.keySet());
        for (String path : paths) {
            if (path.startsWith(section + ".")) {
                String rest = path.substring(section.length() + 1);
                int dot = rest.indexOf('.');
                words.add(dot < 0 ? rest : rest.substring(0, dot));
            }
        }
        return List.copyOf(words);
    }
}
