// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.GENERIC;
import static io.meridian.engine.command.Family.SERVER;
import static io.meridian.engine.command.Flag.DANGEROUS;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.NONE;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Glob;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Commands on all keys of a numbered database, or of all of them. */
final class KeyspaceCommands {
    static final List<Command> ALL = List.of(
            GENERIC.read("RANDOMKEY", 1, NONE, "1.0.0", args -> KeyspaceCommands::randomKey),
            GENERIC.read("KEYS", 2, NONE, "1.0.0", KeyspaceCommands::keys, DANGEROUS),
            GENERIC.read("SCAN", -2, NONE, "2.8.0", KeyspaceCommands::scan),
            SERVER.read("DBSIZE", 1, NONE, "1.0.0", args -> keys -> Reply.Int.of(keys.size()), FAST),
            SERVER.write("FLUSHDB", -1, NONE, "1.0.0", KeyspaceCommands::flushdb, DANGEROUS),
            SERVER.write("FLUSHALL", -1, NONE, "1.0.0", KeyspaceCommands::flushall, DANGEROUS),
            SERVER.write("SWAPDB", 3, NONE, "4.0.0", KeyspaceCommands::swapdb, FAST, DANGEROUS));

    private KeyspaceCommands() {}

    private static Reply randomKey(io.meridian.engine.keyspace.KeyspaceView keys) {
        return keys.randomKey().<Reply>map(Reply.Bulk::new).orElse(Reply.NIL);
    }

    private static Query keys(Args args) {
        Bytes pattern = args.bytesAt(1);
        return keys -> {
            List<Reply> found = new ArrayList<>();
            keys.forEach((key, value) -> {
                if (matches(pattern, key)) {
                    found.add(new Reply.Bulk(key));
                    Reply.checkItems(found.size());
                }
                return true;
            });
            return new Reply.Array(found);
        };
    }

    private static Query scan(Args args) {
        long cursor = ScanOptions.cursor(args.bytesAt(1));
        ScanOptions options = ScanOptions.parse(args.bytesFrom(2), ScanOptions.Of.KEYS);
        int count = (int) options.count();
        return keys -> {
            List<Reply> found = new ArrayList<>();
            long next = keys.scan(cursor, count, (key, value) -> {
                if (options.shows(key) && isOf(value, options.type())) {
                    found.add(new Reply.Bulk(key));
                }
                return true;
            });
            return ScanOptions.reply(next, found);
        };
    }

    private static boolean isOf(Value value, Optional<Bytes> type) {
        return type.isEmpty() || type.get().isWord(value.typeName().toUpperCase(Locale.ROOT));
    }

    /** The lone star is every key, the empty one too, which no pattern but the empty one matches otherwise. */
    private static boolean matches(Bytes pattern, Bytes key) {
        return (pattern.length() == 1 && pattern.at(0) == '*') || Glob.matches(pattern, key);
    }

    private static Mutation flushdb(Args args) {
        checkFlush(args);
        return (keys, at) -> {
            keys.clear();
            return Reply.OK;
        };
    }

    private static Mutation flushall(Args args) {
        checkFlush(args);
        return (keys, at) -> {
            for (int number = 0; number < GroupKeys.NUMBERS; number++) {
                keys.numbered(number).clear();
            }
            return Reply.OK;
        };
    }

    /** ASYNC and SYNC are the same to us: clearing costs nothing by key. */
    private static void checkFlush(Args args) {
        if (args.count() > 2 || (args.count() == 2 && !args.isWord(1, "ASYNC") && !args.isWord(1, "SYNC"))) {
            throw Errors.syntax();
        }
    }

    private static Mutation swapdb(Args args) {
        int one = swappedAt(args, 1, "ERR invalid first DB index");
        int other = swappedAt(args, 2, "ERR invalid second DB index");
        int first = GroupKeys.checked(one);
        int second = GroupKeys.checked(other);
        return (keys, at) -> {
            keys.numbered(first).swapWith(second);
            return Reply.OK;
        };
    }

    private static int swappedAt(Args args, int index, String otherwise) {
        Reply.Failure failure = new Reply.Failure(otherwise);
        long number = args.longAt(index, failure);
        if (number != (int) number) {
            throw new CommandException(failure);
        }
        return (int) number;
    }
}
