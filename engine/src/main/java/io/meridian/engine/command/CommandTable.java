// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All commands there are, found by name. Immutable and safe for any thread. */
public final class CommandTable {
    /** The table of this version: every family's rows. */
    public static final CommandTable REDIS = new CommandTable(Stream.of(
                    CommandCommands.ALL, // a line each, so that families do not meet in merges
                    ConnectionCommands.ALL, //
                    ExpiryCommands.ALL, //
                    HashCommands.ALL, //
                    KeyCommands.ALL, //
                    KeyspaceCommands.ALL, //
                    ListCommands.ALL, //
                    MeridianCommands.ALL, //
                    ObjectCommands.ALL, //
                    ServerCommands.ALL, //
                    StringCommands.ALL, //
                    TransactionCommands.ALL)
            .flatMap(List::stream)
            .toList());

    // How much an error quotes of a command that there is not.
    private static final int QUOTED_BYTES_MAX = 128;

    private final List<Command> commands;
    // Open addressing over the case-folded name, a quarter full at most: a lookup is one hash and about one comparison.
    private final @Nullable Command[] slots;
    private final byte[][] names;

    CommandTable(List<Command> commands) {
        this.commands = List.copyOf(commands);
        int size = Integer.highestOneBit(Math.max(8, commands.size() * 4)) * 2;
        this.slots = new @Nullable Command[size];
        this.names = new byte[size][];
        int id = 0;
        for (Command command : this.commands) {
            command.spec().id(id++);
            byte[] name = command.spec().name().getBytes(StandardCharsets.ISO_8859_1);
            int slot = hash(name, 0, name.length) & (size - 1);
            while (slots[slot] != null) {
                if (Arrays.equals(names[slot], name)) {
                    throw new IllegalArgumentException(
                            "two rows for " + command.spec().name());
                }
                slot = (slot + 1) & (size - 1);
            }
            slots[slot] = command;
            names[slot] = name;
        }
        for (Command command : this.commands) {
            int bar = command.spec().name().indexOf('|');
            if (bar >= 0) {
                named(command.spec().name().substring(0, bar))
                        .orElseThrow(() -> new IllegalArgumentException(
                                "no row above " + command.spec().name()))
                        .spec()
                        .hasSubcommands();
            }
        }
    }

    public List<Command> commands() {
        return commands;
    }

    /** By full name, any case: {@code "get"}, {@code "client|list"}. */
    public Optional<Command> named(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        return Optional.ofNullable(find(bytes, 0, bytes.length));
    }

    /** The command of a command line, its arity checked; refuses an unknown one in Redis' words. */
    public Command require(Args args) {
        Command command = first(args);
        if (command == null) {
            throw unknown(args);
        }
        if (command.spec().isContainer() && args.count() > 1) {
            command = second(command, args);
            if (command == null) {
                throw unknownSubcommand(args);
            }
        }
        if (!command.spec().accepts(args.count())) {
            throw new CommandException(wrongArity(command.spec().name()));
        }
        return command;
    }

    /** The command of a command line whatever its arity; empty for an unknown one. */
    public Optional<Command> find(Args args) {
        Command command = first(args);
        if (command != null && command.spec().isContainer() && args.count() > 1) {
            command = second(command, args);
        }
        return Optional.ofNullable(command);
    }

    private @Nullable Command first(Args args) {
        Command command = find(args.array(), args.startAt(0), args.lengthAt(0));
        // "CLIENT|LIST" is one of our names, and no command line.
        return command == null || command.spec().isSubcommand() ? null : command;
    }

    private @Nullable Command second(Command container, Args args) {
        byte[] joined = (container.spec().name() + "|" + args.bytesAt(1)).getBytes(StandardCharsets.UTF_8);
        return find(joined, 0, joined.length);
    }

    private @Nullable Command find(byte[] array, int start, int length) {
        int slot = hash(array, start, length) & (slots.length - 1);
        while (true) {
            Command command = slots[slot];
            if (command == null || matches(names[slot], array, start, length)) {
                return command;
            }
            slot = (slot + 1) & (slots.length - 1);
        }
    }

    private static boolean matches(byte[] name, byte[] array, int start, int length) {
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != upper(array[start + i])) {
                return false;
            }
        }
        return true;
    }

    private static int hash(byte[] array, int start, int length) {
        int hash = length;
        // Names are short; a longer word is none, and must not cost more.
        int end = start + Math.min(length, 32);
        for (int i = start; i < end; i++) {
            hash = hash * 31 + upper(array[i]);
        }
        return hash ^ (hash >>> 15);
    }

    private static byte upper(byte b) {
        return b >= 'a' && b <= 'z' ? (byte) (b - 32) : b;
    }

    /** An EXEC that is refused ends its transaction, and says so. */
    private static Reply.Failure wrongArity(String name) {
        Reply.Failure failure = Errors.wrongArity(name);
        return name.equals("EXEC")
                ? new Reply.Failure("EXECABORT Transaction discarded because of: "
                        + failure.line().substring("ERR ".length()))
                : failure;
    }

    private static CommandException unknownSubcommand(Args args) {
        StringBuilder text = new StringBuilder("ERR unknown subcommand '");
        append(text, args.bytesAt(1), QUOTED_BYTES_MAX);
        String container = args.textAt(0).toUpperCase(Locale.ROOT);
        return new CommandException(
                text.append("'. Try ").append(container).append(" HELP.").toString());
    }

    /** As server.c words it (commandCheckExistence): the name, then the first args until they fill so many bytes. */
    private static CommandException unknown(Args args) {
        StringBuilder text = new StringBuilder("ERR unknown command '");
        append(text, args.bytesAt(0), QUOTED_BYTES_MAX);
        text.append("', with args beginning with: ");
        int bytes = 0;
        for (int i = 1; i < args.count() && bytes < QUOTED_BYTES_MAX; i++) {
            text.append('\'');
            bytes += append(text, args.bytesAt(i), QUOTED_BYTES_MAX - bytes) + "'' ".length();
            text.append("' ");
        }
        return new CommandException(text.toString());
    }

    /** Appends at most so many bytes of a word, and returns how many of it there were to append. */
    private static int append(StringBuilder text, Bytes word, int bytesMax) {
        int length = 0;
        while (length < Math.min(word.length(), bytesMax) && word.at(length) != 0) {
            length++;
        }
        text.append(Errors.printable(word.slice(0, length).toString()));
        return length;
    }
}
