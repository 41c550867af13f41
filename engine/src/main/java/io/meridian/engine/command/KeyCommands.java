// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.GENERIC;
import static io.meridian.engine.command.Flag.DENYOOM;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.key;
import static io.meridian.engine.command.KeySpec.keys;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.value.Value;
import java.util.List;
import java.util.Optional;

/** Commands on keys, whatever they hold. */
final class KeyCommands {
    static final List<Command> ALL = List.of(
            GENERIC.read("EXISTS", -2, keys(1, -1, 1), "1.0.0", KeyCommands::exists, FAST),
            GENERIC.read("TOUCH", -2, keys(1, -1, 1), "3.2.1", KeyCommands::exists, FAST),
            GENERIC.read("TYPE", 2, key(1), "1.0.0", KeyCommands::type, FAST),
            GENERIC.write("DEL", -2, keys(1, -1, 1), "1.0.0", KeyCommands::del),
            GENERIC.write("UNLINK", -2, keys(1, -1, 1), "4.0.0", KeyCommands::del, FAST),
            GENERIC.write("COPY", -3, keys(1, 2, 1), "6.2.0", KeyCommands::copy, DENYOOM),
            GENERIC.write("RENAME", 3, keys(1, 2, 1), "1.0.0", args -> rename(args, true)),
            GENERIC.write("RENAMENX", 3, keys(1, 2, 1), "1.0.0", args -> rename(args, false), FAST),
            GENERIC.write("MOVE", 3, key(1), "1.0.0", KeyCommands::move, FAST));

    private static final Reply.Failure SAME = new Reply.Failure("ERR source and destination objects are the same");

    private KeyCommands() {}

    /** A key counts as often as it is named. */
    private static Query exists(Args args) {
        List<Bytes> wanted = args.bytesFrom(1);
        return keys -> {
            long count = 0;
            for (Bytes key : wanted) {
                count += keys.exists(key) ? 1 : 0;
            }
            return Reply.Int.of(count);
        };
    }

    private static Query type(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> new Reply.Status(keys.find(key).map(Value::typeName).orElse("none"));
    }

    private static Mutation del(Args args) {
        List<Bytes> unwanted = args.bytesFrom(1);
        return (keys, at) -> {
            long count = 0;
            for (Bytes key : unwanted) {
                count += keys.remove(key) ? 1 : 0;
            }
            return Reply.Int.of(count);
        };
    }

    private static Mutation copy(Args args) {
        Bytes from = args.bytesAt(1);
        Bytes to = args.bytesAt(2);
        boolean replaces = false;
        int number = -1;
        for (int i = 3; i < args.count(); i++) {
            if (args.isWord(i, "REPLACE")) {
                replaces = true;
            } else if (args.isWord(i, "DB") && i + 1 < args.count()) {
                i++;
                number = numberAt(args, i);
            } else {
                throw Errors.syntax();
            }
        }
        int toNumber = number;
        boolean mayReplace = replaces;
        return (keys, at) -> {
            Keyspace target = toNumber < 0 ? keys : keys.numbered(toNumber);
            if (target.number() == keys.number() && from.equals(to)) {
                throw new CommandException(SAME);
            }
            Optional<Value> value = keys.find(from);
            if (value.isEmpty() || (!mayReplace && target.exists(to))) {
                return Reply.ZERO;
            }
            keys.takes(value.get().memoryBytes());
            target.put(to, value.get().frozen(), keys.expiryOf(from).orElse(Keyspace.NEVER));
            return Reply.ONE;
        };
    }

    private static Mutation rename(Args args, boolean replaces) {
        Bytes from = args.bytesAt(1);
        Bytes to = args.bytesAt(2);
        return (keys, at) -> {
            if (!keys.exists(from)) {
                throw new CommandException(Errors.NO_SUCH_KEY);
            }
            boolean moves = from.equals(to) ? replaces : transfer(keys, from, keys, to, replaces);
            if (replaces) {
                return Reply.OK;
            }
            return moves ? Reply.ONE : Reply.ZERO;
        };
    }

    private static Mutation move(Args args) {
        Bytes key = args.bytesAt(1);
        int number = numberAt(args, 2);
        return (keys, at) -> {
            if (number == keys.number()) {
                throw new CommandException(SAME);
            }
            return transfer(keys, key, keys.numbered(number), key, false) ? Reply.ONE : Reply.ZERO;
        };
    }

    /** Moves a value with its expiry; false when there is none, or another in its place that may not be replaced. */
    private static boolean transfer(Keyspace keys, Bytes from, Keyspace target, Bytes to, boolean replaces) {
        Optional<Value> value = keys.find(from);
        if (value.isEmpty() || (!replaces && target.exists(to))) {
            return false;
        }
        long expiryMillis = keys.expiryOf(from).orElse(Keyspace.NEVER);
        keys.remove(from);
        target.put(to, value.get(), expiryMillis);
        return true;
    }

    /** The numbered database that an argument names. */
    static int numberAt(Args args, int index) {
        long number = args.longAt(index);
        if (number != (int) number) {
            throw new CommandException("ERR value is out of range, value must between -2147483648 and 2147483647");
        }
        return GroupKeys.checked((int) number);
    }
}
