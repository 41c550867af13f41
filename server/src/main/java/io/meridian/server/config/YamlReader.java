// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.Names;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads the YAML of a configuration against the {@link Schema}, and gathers everything that is wrong with it.
 *
 * <p>Of YAML it takes mappings and scalars only. A scalar counts as it is written: {@code 0123} and {@code no} are not
 * turned into something else before the setting's own type sees them.
 */
final class YamlReader {
    private static final int NESTING_MAX = 12;
    private static final Set<Tag> TAGS =
            Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.TIMESTAMP, Tag.MERGE, Tag.MAP);

    private final String file;
    private final List<Problem> problems;
    private final Values values;
    private final IdentityHashMap<Node, String> seen = new IdentityHashMap<>();

    private YamlReader(String file, List<Problem> problems, Values values) {
        this.file = file;
        this.problems = problems;
        this.values = values;
    }

    static void read(String file, String yaml, Values into, List<Problem> problems) {
        new YamlReader(file, problems, into).read(yaml);
    }

    private void read(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setNestingDepthLimit(NESTING_MAX);
        List<Node> documents = new ArrayList<>();
        try {
            new Yaml(options).composeAll(new StringReader(yaml)).forEach(documents::add);
        } catch (MarkedYAMLException e) {
            // The exception's own message quotes the line, which may hold a token.
            problems.add(new Problem(where(e.getProblemMark()), "not YAML: " + e.getProblem()));
            return;
        } catch (YAMLException e) {
            problems.add(new Problem(file, "not YAML that is accepted: " + e.getMessage()));
            return;
        }
        values.putSection("", file);
        if (documents.size() > 1) {
            problems.add(new Problem(where(documents.get(1)), "expected one YAML document, not several"));
        } else if (!documents.isEmpty()) {
            readSection("", Schema.root(), documents.getFirst());
        }
    }

    private void readSection(String path, Schema.Section section, Node node) {
        if (!isPlain(path, node)) {
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            problems.add(new Problem(where(node), quoted(path) + " is a section: expected " + expectedIn(section)));
            return;
        }
        Map<String, String> firsts = new HashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (!(keyNode instanceof ScalarNode key)) {
                problems.add(new Problem(where(keyNode), "expected the name of a setting"));
                continue;
            }
            String name = key.getValue();
            String first = firsts.putIfAbsent(name, where(key));
            if (first != null) {
                problems.add(new Problem(where(key), quoted(join(path, name)) + " is there twice, first at " + first));
            } else if (section.isOfNames() && !isName(name)) {
                problems.add(new Problem(where(key), "expected " + Type.NAME.expected() + ", not '" + name + "'"));
            } else {
                Optional<Schema> child = section.child(name);
                if (child.isPresent()) {
                    readChild(join(path, name), child.get(), key, tuple.getValueNode());
                } else {
                    problems.add(new Problem(where(key), unknown(path, name, section)));
                }
            }
        }
    }

    private void readChild(String path, Schema child, Node key, Node value) {
        switch (child) {
            case Schema.Leaf(Setting<?> setting) -> readLeaf(path, setting, value);
            case Schema.Section below -> {
                values.putSection(path, where(key));
                readSection(path, below, value);
            }
        }
    }

    private void readLeaf(String path, Setting<?> setting, Node node) {
        if (!isPlain(path, node)) {
            return;
        }
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(new Problem(
                    where(node), quoted(path) + ": expected " + setting.type().expected() + ", not a list or section"));
            return;
        }
        values.put(path, new Values.Said(scalar.getValue(), where(node)));
        check(path, setting, scalar.getValue(), where(node)).ifPresent(problems::add);
    }

    /** What is wrong with the text of a setting. */
    static Optional<Problem> check(String path, Setting<?> setting, String text, String where) {
        Type<?> type = setting.type();
        try {
            var _ = type.parser().apply(text);
            return Optional.empty();
        } catch (IllegalArgumentException _) {
            String but = type.isSecret() ? "" : text.isEmpty() ? ", not an empty text" : ", not '" + text + "'";
            return Optional.of(new Problem(where, quoted(path) + ": expected " + type.expected() + but));
        }
    }

    /** Refuses what YAML has beyond trees of words: aliases, tags, and absent values. */
    private boolean isPlain(String path, Node node) {
        if (seen.putIfAbsent(node, path) != null) {
            problems.add(new Problem(where(node), quoted(path) + " uses an alias (*name), which is not accepted here"));
            return false;
        }
        if (node.getTag().equals(Tag.NULL)) {
            problems.add(new Problem(where(node), quoted(path) + " has no value"));
            return false;
        }
        if (node instanceof ScalarNode && !TAGS.contains(node.getTag())) {
            problems.add(new Problem(where(node), quoted(path) + " has a tag (!name), which is not accepted here"));
            return false;
        }
        return true;
    }

    private static boolean isName(String text) {
        return Names.isName(text);
    }

    private static String unknown(String path, String name, Schema.Section section) {
        String start = "unknown setting " + quoted(join(path, name));
        String near = Suggestion.nearest(name, section.words());
        if (!near.isEmpty()) {
            return start + near;
        }
        return Settings.ALL.stream()
                .map(Setting::name)
                .filter(known -> known.endsWith("." + name))
                .findFirst()
                .map(known -> start + "; did you mean '" + known + "'?")
                .orElseGet(() -> start + ": expected " + expectedIn(section));
    }

    private static String expectedIn(Schema.Section section) {
        return section.isOfNames()
                ? "names of your choice, each with its settings below"
                : "some of " + String.join(", ", section.words());
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static String quoted(String path) {
        return path.isEmpty() ? "the file" : "'" + path + "'";
    }

    private String where(Node node) {
        return where(node.getStartMark());
    }

    private String where(Mark mark) {
        return file + ":" + (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    }
}
