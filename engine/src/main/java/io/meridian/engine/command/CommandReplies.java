// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What COMMAND tells of a row, in the shape of Redis 7 that clients read. */
final class CommandReplies {
    private CommandReplies() {}

    /** The ten elements of COMMAND INFO: a container has those of its subcommands in the last. */
    static Reply info(Command command, CommandTable table) {
        Spec spec = command.spec();
        LegacyRange keys = LegacyRange.of(spec);
        return new Reply.Array(List.of(
                word(name(spec)),
                Reply.Int.of(spec.arity()),
                new Reply.Members(flags(spec).map(CommandReplies::status).toList()),
                Reply.Int.of(keys.first()),
                Reply.Int.of(keys.last()),
                Reply.Int.of(keys.step()),
                new Reply.Members(AclCategory.of(spec).stream()
                        .map(category -> status(category.text()))
                        .toList()),
                // Tips are for proxies in front of a Redis Cluster; here the node routes.
                new Reply.Members(List.of()),
                new Reply.Members(spec.keys().stream()
                        .flatMap(key -> keySpec(key, command))
                        .toList()),
                new Reply.Members(
                        subcommands(spec, table).map(sub -> info(sub, table)).toList())));
    }

    /** COMMAND DOCS: a map of names to maps. */
    static Reply docs(List<Command> commands, CommandTable table) {
        List<Reply> pairs = new ArrayList<>();
        for (Command command : commands) {
            Spec spec = command.spec();
            List<Reply> fields = new ArrayList<>();
            fields.add(word("summary"));
            fields.add(word(CommandSummaries.of(spec.name())));
            fields.add(word("since"));
            fields.add(word(spec.since()));
            fields.add(word("group"));
            fields.add(word(spec.family().group()));
            List<Command> subcommands = subcommands(spec, table).toList();
            if (!subcommands.isEmpty()) {
                fields.add(word("subcommands"));
                fields.add(docs(subcommands, table));
            }
            pairs.add(word(name(spec)));
            pairs.add(new Reply.Pairs(fields));
        }
        return new Reply.Pairs(pairs);
    }

    /** What a command does with its keys, no finer than its kind: every write may read and change. */
    static Reply keyFlags(Command command) {
        List<String> words =
                switch (command) {
                    case Command.Read _ -> List.of("RO", "access");
                    case Command.Write _ -> List.of("RW", "access", "update");
                    case Command.Local _ -> List.of("RO");
                };
        return new Reply.Members(words.stream().map(CommandReplies::status).toList());
    }

    /** As COMMAND INFO has them: what is only an ACL category here is left out, what key specs imply is added. */
    static Stream<String> flags(Spec spec) {
        Stream<Flag> stated = spec.flags().stream().filter(flag -> flag != Flag.DANGEROUS && flag != Flag.MOVABLEKEYS);
        boolean movable =
                spec.has(Flag.MOVABLEKEYS) || spec.keys().stream().anyMatch(KeySpec.Counted.class::isInstance);
        return Stream.concat(stated, movable ? Stream.of(Flag.MOVABLEKEYS) : Stream.of())
                .map(flag -> flag.name().toLowerCase(Locale.ROOT));
    }

    static String name(Spec spec) {
        return spec.name().toLowerCase(Locale.ROOT);
    }

    static Stream<Command> subcommands(Spec container, CommandTable table) {
        String prefix = container.name() + "|";
        return container.isContainer()
                ? table.commands().stream().filter(sub -> sub.spec().name().startsWith(prefix))
                : Stream.of();
    }

    private static Stream<Reply> keySpec(KeySpec key, Command command) {
        return switch (key) {
            case KeySpec.None _ -> Stream.of();
            case KeySpec.Range range ->
                Stream.of(keySpec(
                        command,
                        typed("index", word("index"), Reply.Int.of(range.first())),
                        range(range.last() < 0 ? range.last() : range.last() - range.first(), range.step(), 0)));
            case KeySpec.Counted counted ->
                Stream.of(keySpec(
                        command,
                        typed("index", word("index"), Reply.Int.of(counted.countAt())),
                        typed(
                                "keynum",
                                word("keynumidx"),
                                Reply.ZERO,
                                word("firstkey"),
                                Reply.ONE,
                                word("keystep"),
                                Reply.ONE)));
        };
    }

    private static Reply keySpec(Command command, Reply beginSearch, Reply findKeys) {
        return new Reply.Pairs(List.of(
                word("flags"), keyFlags(command), word("begin_search"), beginSearch, word("find_keys"), findKeys));
    }

    private static Reply range(int last, int step, int limit) {
        return typed(
                "range",
                word("lastkey"),
                Reply.Int.of(last),
                word("keystep"),
                Reply.Int.of(step),
                word("limit"),
                Reply.Int.of(limit));
    }

    private static Reply typed(String type, Reply... pairs) {
        return new Reply.Pairs(List.of(word("type"), word(type), word("spec"), new Reply.Pairs(List.of(pairs))));
    }

    private static Reply word(String text) {
        return Reply.Bulk.of(text);
    }

    private static Reply status(String text) {
        return new Reply.Status(text);
    }

    /**
     * Where keys stand, in the three numbers that old clients read; zeros where those cannot say it.
     *
     * @param last negative counts from the end
     */
    record LegacyRange(int first, int last, int step) {
        static LegacyRange of(Spec spec) {
            LegacyRange all = new LegacyRange(0, 0, 0);
            for (KeySpec key : spec.keys()) {
                if (!(key instanceof KeySpec.Range range)) {
                    return all;
                }
                if (all.first == 0) {
                    all = new LegacyRange(range.first(), range.last(), range.step());
                } else if (all.last == range.first() - 1) {
                    all = new LegacyRange(all.first, range.last(), range.step());
                }
            }
            return all;
        }
    }
}
