// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/** The table of settings as the tree that a file must have: a setting at each leaf, a section above. */
sealed interface Schema {
    /** The whole file. */
    static Section root() {
        Section root = new Section(new LinkedHashMap<>());
        for (Setting<?> setting : Settings.ALL) {
            Section section = root;
            List<String> parts = setting.parts();
            for (String part : parts.subList(0, parts.size() - 1)) {
                section = section.below(part);
            }
            section.children.put(parts.getLast(), new Leaf(setting));
        }
        return root;
    }

    /** One setting. */
    record Leaf(Setting<?> setting) implements Schema {}

    /** What may stand below a word; one child in angle brackets means any name. */
    record Section(SequencedMap<String, Schema> children) implements Schema {
        private Section below(String part) {
            Schema child = children.computeIfAbsent(part, _ -> new Section(new LinkedHashMap<>()));
            if (child instanceof Section section) {
                return section;
            }
            throw new IllegalStateException("'" + part + "' is a setting and a section");
        }

        /** Whether the words below this section are names that the operator chooses. */
        boolean isOfNames() {
            return children.firstEntry().getKey().startsWith("<");
        }

        /** What the child of that name must be; empty: there is no such. */
        Optional<Schema> child(String name) {
            return isOfNames()
                    ? Optional.of(children.firstEntry().getValue())
                    : Optional.ofNullable(children.get(name));
        }

        Set<String> words() {
            return children.keySet();
        }
    }
}
