// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.STRING;
import static io.meridian.engine.command.Flag.DENYOOM;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.key;
import static io.meridian.engine.command.KeySpec.keys;
import static io.meridian.engine.keyspace.KeyspaceView.NEVER;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.LongDouble;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Commands on strings, and on the numbers they hold. */
final class StringCommands {
    static final List<Command> ALL = List.of(
            STRING.read("GET", 2, key(1), "1.0.0", StringCommands::get, FAST),
            STRING.read("MGET", -2, keys(1, -1, 1), "1.0.0", StringCommands::mget, FAST),
            STRING.read("STRLEN", 2, key(1), "2.2.0", StringCommands::strlen, FAST),
            STRING.read("GETRANGE", 4, key(1), "2.4.0", StringCommands::getrange),
            STRING.read("SUBSTR", 4, key(1), "1.0.0", StringCommands::getrange),
            STRING.read("LCS", -3, keys(1, 2, 1), "7.0.0", LcsCommand::lcs),
            STRING.write("SET", -3, key(1), "1.0.0", StringCommands::set, DENYOOM),
            STRING.write("SETNX", 3, key(1), "1.0.0", StringCommands::setnx, DENYOOM, FAST),
            STRING.write("SETEX", 4, key(1), "2.0.0", args -> setEnding(args, true, "SETEX"), DENYOOM),
            STRING.write("PSETEX", 4, key(1), "2.6.0", args -> setEnding(args, false, "PSETEX"), DENYOOM),
            STRING.write("MSET", -3, keys(1, -1, 2), "1.0.1", StringCommands::mset, DENYOOM),
            STRING.write("MSETNX", -3, keys(1, -1, 2), "1.0.1", StringCommands::msetnx, DENYOOM),
            STRING.write("GETSET", 3, key(1), "1.0.0", StringCommands::getset, DENYOOM, FAST),
            STRING.write("GETDEL", 2, key(1), "6.2.0", StringCommands::getdel, FAST),
            STRING.write("GETEX", -2, key(1), "6.2.0", StringCommands::getex, FAST),
            STRING.write("APPEND", 3, key(1), "2.0.0", StringCommands::append, DENYOOM, FAST),
            STRING.write("SETRANGE", 4, key(1), "2.2.0", StringCommands::setrange, DENYOOM),
            STRING.write("INCR", 2, key(1), "1.0.0", args -> add(args, 1), DENYOOM, FAST),
            STRING.write("DECR", 2, key(1), "1.0.0", args -> add(args, -1), DENYOOM, FAST),
            STRING.write("INCRBY", 3, key(1), "1.0.0", args -> add(args, args.longAt(2)), DENYOOM, FAST),
            STRING.write("DECRBY", 3, key(1), "1.0.0", StringCommands::decrby, DENYOOM, FAST),
            STRING.write("INCRBYFLOAT", 3, key(1), "2.6.0", StringCommands::incrbyfloat, DENYOOM, FAST));

    private static final Reply.Bulk EMPTY = new Reply.Bulk(Bytes.EMPTY);

    private StringCommands() {}

    private static Query get(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> bulkOrNil(keys.find(key, StringValue.class));
    }

    private static Query mget(Args args) {
        List<Bytes> wanted = args.bytesFrom(1);
        return keys -> {
            List<Reply> values = new ArrayList<>(wanted.size());
            for (Bytes key : wanted) {
                values.add(
                        keys.find(key).orElse(null) instanceof StringValue value
                                ? new Reply.Bulk(value.bytes())
                                : Reply.NIL);
            }
            return new Reply.Array(values);
        };
    }

    private static Query strlen(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> keys.find(key, StringValue.class)
                .map(value -> Reply.Int.of(value.bytes().length()))
                .orElse(Reply.ZERO);
    }

    private static Query getrange(Args args) {
        Bytes key = args.bytesAt(1);
        long start = args.longAt(2);
        long end = args.longAt(3);
        return keys -> keys.find(key, StringValue.class)
                .map(value -> new Reply.Bulk(range(value.bytes(), start, end)))
                .orElse(EMPTY);
    }

    /** Both ends included; negative ones count from the end of the string. */
    private static Bytes range(Bytes bytes, long start, long end) {
        long length = bytes.length();
        if (start < 0 && end < 0 && start > end) {
            return Bytes.EMPTY;
        }
        long from = Math.max(0, start < 0 ? length + start : start);
        long to = Math.min(length - 1, Math.max(0, end < 0 ? length + end : end));
        return from > to ? Bytes.EMPTY : bytes.slice((int) from, (int) to + 1);
    }

    private static Mutation set(Args args) {
        Bytes key = args.bytesAt(1);
        StringValue value = new StringValue(args.bytesAt(2));
        StringOptions options = StringOptions.ofSet(args);
        ExpiryOption expiry = options.expiry();
        long amountMillis = expiry == null ? 0 : expiry.amountMillis("SET");
        return (keys, at) -> {
            long end = expiry == null ? NEVER : expiry.endMillis(amountMillis, at.epochMillis(), "SET");
            Reply reply = options.givesOldValue() ? bulkOrNil(keys.find(key, StringValue.class)) : Reply.OK;
            if (!allows(options, keys, key)) {
                return options.givesOldValue() ? reply : Reply.NIL;
            }
            keys.put(key, value, options.keepsExpiry() ? expiryOf(keys, key) : end);
            return reply;
        };
    }

    private static boolean allows(StringOptions options, Keyspace keys, Bytes key) {
        if (options.onlyIfAbsent()) {
            return !keys.exists(key);
        }
        return !options.onlyIfPresent() || keys.exists(key);
    }

    private static Mutation setnx(Args args) {
        Bytes key = args.bytesAt(1);
        StringValue value = new StringValue(args.bytesAt(2));
        return (keys, at) -> {
            if (keys.exists(key)) {
                return Reply.ZERO;
            }
            keys.put(key, value, NEVER);
            return Reply.ONE;
        };
    }

    private static Mutation setEnding(Args args, boolean inSeconds, String command) {
        Bytes key = args.bytesAt(1);
        StringValue value = new StringValue(args.bytesAt(3));
        ExpiryOption expiry = new ExpiryOption(inSeconds, false, args.bytesAt(2));
        long amountMillis = expiry.amountMillis(command);
        return (keys, at) -> {
            keys.put(key, value, expiry.endMillis(amountMillis, at.epochMillis(), command));
            return Reply.OK;
        };
    }

    private static Mutation mset(Args args) {
        List<Bytes> pairs = inPairs(args, "MSET");
        return (keys, at) -> {
            putAll(pairs, keys);
            return Reply.OK;
        };
    }

    private static Mutation msetnx(Args args) {
        List<Bytes> pairs = inPairs(args, "MSETNX");
        return (keys, at) -> {
            for (int i = 0; i < pairs.size(); i += 2) {
                if (keys.exists(pairs.get(i))) {
                    return Reply.ZERO;
                }
            }
            putAll(pairs, keys);
            return Reply.ONE;
        };
    }

    private static List<Bytes> inPairs(Args args, String command) {
        if (args.count() % 2 == 0) {
            throw new CommandException(Errors.wrongArity(command));
        }
        return args.bytesFrom(1);
    }

    private static void putAll(List<Bytes> pairs, Keyspace keys) {
        for (int i = 0; i < pairs.size(); i += 2) {
            keys.put(pairs.get(i), new StringValue(pairs.get(i + 1)), NEVER);
        }
    }

    private static Mutation getset(Args args) {
        Bytes key = args.bytesAt(1);
        StringValue value = new StringValue(args.bytesAt(2));
        return (keys, at) -> {
            Reply old = bulkOrNil(keys.find(key, StringValue.class));
            keys.put(key, value, NEVER);
            return old;
        };
    }

    private static Mutation getdel(Args args) {
        Bytes key = args.bytesAt(1);
        return (keys, at) -> {
            Reply old = bulkOrNil(keys.find(key, StringValue.class));
            keys.remove(key);
            return old;
        };
    }

    private static Mutation getex(Args args) {
        Bytes key = args.bytesAt(1);
        StringOptions options = StringOptions.ofGetEx(args);
        ExpiryOption expiry = options.expiry();
        return (keys, at) -> {
            Optional<StringValue> value = keys.find(key, StringValue.class);
            if (value.isPresent() && expiry != null) {
                // Redis looks at the number only once there is a string.
                keys.expire(key, expiry.endMillis(expiry.amountMillis("GETEX"), at.epochMillis(), "GETEX"));
            } else if (value.isPresent() && options.persists()) {
                keys.expire(key, NEVER);
            }
            return bulkOrNil(value);
        };
    }

    private static Mutation append(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes more = args.bytesAt(2);
        return (keys, at) -> {
            int length = keys.find(key, StringValue.class)
                    .map(value -> value.bytes().length())
                    .orElse(0);
            StringValue.checkLength((long) length + more.length());
            return Reply.Int.of(keys.append(key, more));
        };
    }

    private static Mutation setrange(Args args) {
        Bytes key = args.bytesAt(1);
        long offset = args.longAt(2);
        Bytes patch = args.bytesAt(3);
        if (offset < 0) {
            throw new CommandException("ERR offset is out of range");
        }
        return (keys, at) -> {
            int length = keys.find(key, StringValue.class)
                    .map(value -> value.bytes().length())
                    .orElse(0);
            if (patch.isEmpty()) {
                return Reply.Int.of(length);
            }
            StringValue.checkLength(offset > StringValue.BYTES_MAX ? offset : offset + patch.length());
            if (offset > length) {
                keys.takes(offset - length);
            }
            return Reply.Int.of(keys.overwrite(key, (int) offset, patch));
        };
    }

    private static Mutation decrby(Args args) {
        long amount = args.longAt(2);
        if (amount == Long.MIN_VALUE) {
            throw new CommandException("ERR decrement would overflow");
        }
        return add(args, -amount);
    }

    private static Mutation add(Args args, long amount) {
        Bytes key = args.bytesAt(1);
        return (keys, at) -> {
            long old = keys.find(key, StringValue.class)
                    .map(value -> Numbers.parseLong(value.bytes()))
                    .orElse(0L);
            long sum = old + amount;
            if (((old ^ sum) & (amount ^ sum)) < 0) {
                throw new CommandException(Errors.OVERFLOW);
            }
            keys.put(key, new StringValue(Numbers.format(sum)), expiryOf(keys, key));
            return Reply.Int.of(sum);
        };
    }

    private static Mutation incrbyfloat(Args args) {
        Bytes key = args.bytesAt(1);
        Optional<LongDouble> amount = LongDouble.parse(args.bytesAt(2));
        return (keys, at) -> {
            // Redis complains of the key's type before it looks at either number.
            LongDouble old = keys.find(key, StringValue.class)
                    .map(value -> floatOrRefuse(LongDouble.parse(value.bytes())))
                    .orElse(LongDouble.ZERO);
            LongDouble sum = old.plus(floatOrRefuse(amount));
            if (!sum.isFinite()) {
                throw new CommandException("ERR increment would produce NaN or Infinity");
            }
            Bytes text = sum.format();
            keys.put(key, new StringValue(text), expiryOf(keys, key));
            return new Reply.Bulk(text);
        };
    }

    private static LongDouble floatOrRefuse(Optional<LongDouble> number) {
        return number.orElseThrow(() -> new CommandException(Errors.NOT_A_FLOAT));
    }

    private static Reply bulkOrNil(Optional<StringValue> value) {
        return value.isPresent() ? new Reply.Bulk(value.get().bytes()) : Reply.NIL;
    }

    private static long expiryOf(KeyspaceView keys, Bytes key) {
        return keys.expiryOf(key).orElse(NEVER);
    }
}
