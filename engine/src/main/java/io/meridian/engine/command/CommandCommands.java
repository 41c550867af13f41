// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.SERVER;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.STALE;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Glob;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Exchange;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** COMMAND: what commands there are, and where the keys of a command line stand. */
final class CommandCommands {
    static final List<Command> ALL = List.of(
            SERVER.local("COMMAND", -1, "2.8.13", _ -> CommandCommands::all, LOADING, STALE),
            SERVER.local("COMMAND|COUNT", 2, "2.8.13", _ -> CommandCommands::count, LOADING, STALE),
            SERVER.local("COMMAND|INFO", -2, "2.8.13", CommandCommands::info, LOADING, STALE),
            SERVER.local("COMMAND|DOCS", -2, "7.0.0", CommandCommands::docs, LOADING, STALE),
            SERVER.local("COMMAND|LIST", -2, "7.0.0", CommandCommands::list, LOADING, STALE),
            SERVER.local("COMMAND|GETKEYS", -3, "2.8.13", args -> keys(args, false), LOADING, STALE),
            SERVER.local("COMMAND|GETKEYSANDFLAGS", -3, "7.0.0", args -> keys(args, true), LOADING, STALE),
            SERVER.local("COMMAND|HELP", 2, "5.0.0", _ -> _ -> help(), LOADING, STALE));

    private static final Reply.Failure UNKNOWN = new Reply.Failure("ERR Invalid command specified");
    private static final Reply.Failure NO_KEYS = new Reply.Failure("ERR The command has no key arguments");
    private static final Reply.Failure BAD_ARITY =
            new Reply.Failure("ERR Invalid number of arguments specified for command");
    private static final Reply.Failure BAD_ARGS = new Reply.Failure("ERR Invalid arguments specified for command");

    private CommandCommands() {}

    private static Reply all(Session session) {
        CommandTable table = session.host().commands();
        return new Reply.Array(table.commands().stream()
                .filter(command -> !command.spec().isSubcommand())
                .map(command -> CommandReplies.info(command, table))
                .toList());
    }

    private static Reply count(Session session) {
        return Reply.Int.of(session.host().commands().commands().stream()
                .filter(command -> !command.spec().isSubcommand())
                .count());
    }

    private static Exchange info(Args args) {
        List<String> names = names(args, 2);
        return session -> {
            if (names.isEmpty()) {
                return all(session);
            }
            CommandTable table = session.host().commands();
            return new Reply.Array(names.stream()
                    .map(name -> table.named(name)
                            .map(command -> CommandReplies.info(command, table))
                            .orElse(Reply.NIL))
                    .toList());
        };
    }

    private static Exchange docs(Args args) {
        List<String> names = names(args, 2);
        return session -> {
            CommandTable table = session.host().commands();
            List<Command> wanted = names.isEmpty()
                    ? table.commands().stream()
                            .filter(command -> !command.spec().isSubcommand())
                            .toList()
                    : names.stream().flatMap(name -> table.named(name).stream()).toList();
            return CommandReplies.docs(wanted, table);
        };
    }

    private static List<String> names(Args args, int from) {
        return IntStream.range(from, args.count()).mapToObj(args::textAt).toList();
    }

    private static Exchange list(Args args) {
        Predicate<Spec> wanted = args.count() == 2 ? _ -> true : filter(args);
        return session -> new Reply.Array(session.host().commands().commands().stream()
                .map(Command::spec)
                .filter(wanted)
                .<Reply>map(spec -> Reply.Bulk.of(spec.name().toLowerCase(Locale.ROOT)))
                .toList());
    }

    private static Predicate<Spec> filter(Args args) {
        if (args.count() != 5 || !args.isWord(2, "FILTERBY")) {
            throw Errors.syntax();
        }
        if (args.isWord(3, "MODULE")) {
            return _ -> false;
        }
        if (args.isWord(3, "ACLCAT")) {
            Optional<AclCategory> category = AclCategory.named(args.textAt(4));
            return spec -> category.isPresent() && AclCategory.of(spec).contains(category.get());
        }
        if (args.isWord(3, "PATTERN")) {
            Bytes pattern = args.bytesAt(4);
            return spec -> Glob.matchesAnyCase(pattern, Bytes.of(spec.name()));
        }
        throw Errors.syntax();
    }

    private static Exchange keys(Args args, boolean withFlags) {
        List<Bytes> words =
                IntStream.range(2, args.count()).mapToObj(args::bytesAt).toList();
        Args line = Args.of(words);
        return session -> {
            Command command = session.host().commands().find(line).orElseThrow(() -> new CommandException(UNKNOWN));
            Spec spec = command.spec();
            if (spec.keys().stream().allMatch(KeySpec.None.class::isInstance)) {
                return NO_KEYS;
            }
            if (!spec.accepts(line.count())) {
                return BAD_ARITY;
            }
            List<Reply> found = new ArrayList<>();
            spec.forEachKey(line, at -> {
                Reply key = new Reply.Bulk(line.bytesAt(at));
                found.add(withFlags ? new Reply.Array(List.of(key, CommandReplies.keyFlags(command))) : key);
            });
            return found.isEmpty() ? BAD_ARGS : new Reply.Array(found);
        };
    }

    private static Reply help() {
        return Help.of(
                "COMMAND",
                "(no subcommand)",
                "    What INFO tells, of every command.",
                "COUNT",
                "    How many commands there are.",
                "DOCS [<command> ...]",
                "    Summary, version and group of commands, all unless named.",
                "GETKEYS <command> [<arg> ...]",
                "    The keys in a whole command line.",
                "GETKEYSANDFLAGS <command> [<arg> ...]",
                "    The same, and for each key what the command does with it.",
                "INFO [<command> ...]",
                "    Arity, flags, keys and categories of commands, all unless named.",
                "LIST [FILTERBY (MODULE <module>|ACLCAT <category>|PATTERN <glob>)]",
                "    The names of commands and subcommands.");
    }
}
