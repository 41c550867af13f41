// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All commands there are, found by name. Immutable and safe for any thread. */
public final class CommandTable {
    /** The table of this version: every family's rows. */
    public static final CommandTable REDIS = new CommandTable(Stream.of(
                    ExpiryCommands.ALL, // a line each, so that families do not meet in merges
                    HashCommands.ALL, //
                    KeyCommands.ALL, //
                    KeyspaceCommands.ALL, //
                    ListCommands.ALL, //
                    ObjectCommands.ALL, //
                    StringCommands.ALL)
            .flatMap(List::stream)
            .toList());

    // How much of a client's words an error repeats.
    private static final int SHOWN_BYTES = 128;

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
            byte[] name = command.spec().name().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            int slot = hash(name, 0, name.length) & (size - 1);
            while (slots[slot] != null) {
                if (java.util.Arrays.equals(names[slot], name)) {
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
        byte[] bytes = name.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        return Optional.ofNullable(find(bytes, 0, bytes.length));
    }

    /** The command of a command line, its arity checked; refuses an unknown one in Redis' words. */
    public Command require(Args args) {
        Command command = find(args.array(), args.startAt(0), args.lengthAt(0));
        if (command == null) {
            throw unknown(args);
        }
        if (command.spec().isContainer() && args.count() > 1) {
            command = subcommand(command, args);
        }
        if (!command.spec().accepts(args.count())) {
            throw new CommandException(Errors.wrongArity(command.spec().name()));
        }
        return command;
    }

    private Command subcommand(Command container, Args args) {
        byte[] joined = (container.spec().name() + "|" + args.textAt(1).toUpperCase(Locale.ROOT))
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
        Command sub = find(joined, 0, joined.length);
        if (sub == null) {
            String name = container.spec().name();
            throw new CommandException(new Reply.Failure("ERR unknown subcommand '"
                    + Errors.printable(cut(args.bytesAt(1), SHOWN_BYTES).toString()) + "'. Try " + name + " HELP."));
        }
        return sub;
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

    /** As server.c words it: the name and the first args, 128 bytes of each part. */
    private static CommandException unknown(Args args) {
        StringBuilder text = new StringBuilder("ERR unknown command '")
                .append(Errors.printable(cut(args.bytesAt(0), SHOWN_BYTES).toString()))
                .append("', with args beginning with: ");
        int shown = 0;
        for (int i = 1; i < args.count() && shown < SHOWN_BYTES; i++) {
            Bytes part = cut(args.bytesAt(i), SHOWN_BYTES - shown);
            text.append('\'').append(Errors.printable(part.toString())).append("' ");
            shown += part.length() + 3;
        }
        return new CommandException(text.toString());
    }

    /** Up to a zero, as C has it, and so many bytes at most. */
    private static Bytes cut(Bytes word, int max) {
        int end = 0;
        while (end < Math.min(max, word.length()) && word.at(end) != 0) {
            end++;
        }
        return word.slice(0, end);
    }
}
