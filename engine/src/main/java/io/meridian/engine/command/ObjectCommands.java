// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.GENERIC;
import static io.meridian.engine.command.Family.SERVER;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.STALE;
import static io.meridian.engine.command.KeySpec.key;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Exchange;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.value.Value;
import java.util.List;
import java.util.function.Function;

/** Commands on how the value of a key is held. */
final class ObjectCommands {
    static final List<Command> ALL = List.of(
            GENERIC.container("OBJECT", "2.2.3"),
            GENERIC.read("OBJECT|ENCODING", 3, key(2), "2.2.3", ObjectCommands::encoding),
            GENERIC.read("OBJECT|REFCOUNT", 3, key(2), "2.2.3", ObjectCommands::refcount),
            GENERIC.read("OBJECT|FREQ", 3, key(2), "4.0.0", ObjectCommands::freq),
            GENERIC.read("OBJECT|IDLETIME", 3, key(2), "2.2.3", ObjectCommands::idletime),
            GENERIC.local("OBJECT|HELP", 2, "6.2.0", ObjectCommands::objectHelp, LOADING, STALE),
            SERVER.container("MEMORY", "4.0.0"),
            SERVER.read("MEMORY|USAGE", -3, key(2), "4.0.0", ObjectCommands::memoryUsage),
            SERVER.local("MEMORY|HELP", 2, "4.0.0", ObjectCommands::memoryHelp, LOADING, STALE));

    private static final Reply.Failure NO_FREQUENCY = new Reply.Failure(
            "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching"
                    + " between policies at runtime LRU and LFU data will take some time to adjust.");

    private ObjectCommands() {}

    private static Query encoding(Args args) {
        return ofValue(args, value -> Reply.Bulk.of(value.encodingName()));
    }

    /** Values are not shared here, not even small numbers, so it is always one. */
    private static Query refcount(Args args) {
        return ofValue(args, _ -> Reply.ONE);
    }

    private static Query freq(Args args) {
        return ofValue(args, _ -> {
            throw new CommandException(NO_FREQUENCY);
        });
    }

    /** Reads are served by any replica and leave no access time: a key counts as just used. */
    private static Query idletime(Args args) {
        return ofValue(args, _ -> Reply.ZERO);
    }

    private static Query ofValue(Args args, Function<Value, Reply> answer) {
        Bytes key = args.bytesAt(2);
        return keys -> keys.find(key).map(answer).orElse(Reply.NIL);
    }

    /** SAMPLES is checked, and not needed: values know their size. */
    private static Query memoryUsage(Args args) {
        Bytes key = args.bytesAt(2);
        for (int i = 3; i < args.count(); i += 2) {
            if (!args.isWord(i, "SAMPLES") || i + 1 == args.count() || args.longAt(i + 1) < 0) {
                throw Errors.syntax();
            }
        }
        return keys -> keys.find(key)
                .<Reply>map(value -> Reply.Int.of(value.memoryBytes() + key.length()))
                .orElse(Reply.NIL);
    }

    private static Exchange objectHelp(Args args) {
        return session -> Help.of(
                "OBJECT",
                "ENCODING <key>",
                "    How the value of a key is held.",
                "FREQ <key>",
                "    How often a key is used; refused, because it is not tracked.",
                "IDLETIME <key>",
                "    How long a key was not used; always 0, because it is not tracked.",
                "REFCOUNT <key>",
                "    How often the value of a key is referred to: always once.");
    }

    private static Exchange memoryHelp(Args args) {
        return session -> Help.of(
                "MEMORY",
                "USAGE <key> [SAMPLES <count>]",
                "    About how many bytes of memory a key and its value take.");
    }
}
