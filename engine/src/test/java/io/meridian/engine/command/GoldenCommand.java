// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is told of a command, by a real Redis (command-info.golden) or by our table, in one comparable form. */
record GoldenCommand(String name, String arity, Set<String> flags, String keys, Set<String> categories, String since) {
    /** All commands and subcommands of redis-server 7.0.15 by name in upper case. */
    static Map<String, GoldenCommand> ofRedis() {
        try (InputStream stream = GoldenCommand.class.getResourceAsStream("/golden/command-info.golden")) {
            if (stream == null) {
                throw new IllegalStateException("command-info.golden is missing");
            }
            Map<String, GoldenCommand> all = new LinkedHashMap<>();
            new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(GoldenCommand::parse)
                    .forEach(command -> all.put(command.name, command));
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same of a row of ours. */
    static GoldenCommand of(Spec spec) {
        CommandReplies.LegacyRange keys = CommandReplies.LegacyRange.of(spec);
        return new GoldenCommand(
                spec.name(),
                Integer.toString(spec.arity()),
                CommandReplies.flags(spec).collect(Collectors.toCollection(TreeSet::new)),
                keys.first() + " " + keys.last() + " " + keys.step(),
                AclCategory.of(spec).stream().map(AclCategory::text).collect(Collectors.toCollection(TreeSet::new)),
                spec.since());
    }

    private static GoldenCommand parse(String line) {
        String[] fields = line.split("; ?", -1);
        return new GoldenCommand(
                fields[0].toUpperCase(Locale.ROOT),
                fields[1],
                words(fields[2]),
                fields[3],
                words(fields[4]),
                fields[5]);
    }

    private static Set<String> words(String text) {
        return Stream.of(text.split(" "))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
