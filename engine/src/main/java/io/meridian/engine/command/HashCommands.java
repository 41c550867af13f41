// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.HASH;
import static io.meridian.engine.command.Flag.DENYOOM;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.key;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.LongDouble;
import io.meridian.engine.Moment;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.HashValue;
import io.meridian.engine.value.Picks;
import io.meridian.engine.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Commands on hashes. */
final class HashCommands {
    static final List<Command> ALL = List.of(
            HASH.write("HDEL", -3, key(1), "2.0.0", HashCommands::delete, FAST),
            HASH.read("HEXISTS", 3, key(1), "2.0.0", HashCommands::exists, FAST),
            HASH.read("HGET", 3, key(1), "2.0.0", HashCommands::get, FAST),
            HASH.read("HGETALL", 2, key(1), "2.0.0", HashCommands::getAll),
            HASH.write("HINCRBY", 4, key(1), "2.0.0", HashCommands::increment, DENYOOM, FAST),
            HASH.write("HINCRBYFLOAT", 4, key(1), "2.6.0", HashCommands::incrementFloat, DENYOOM, FAST),
            HASH.read("HKEYS", 2, key(1), "2.0.0", HashCommands::fields),
            HASH.read("HLEN", 2, key(1), "2.0.0", HashCommands::length, FAST),
            HASH.read("HMGET", -3, key(1), "2.0.0", HashCommands::getSome, FAST),
            HASH.write("HMSET", -4, key(1), "2.0.0", HashCommands::setSome, DENYOOM, FAST),
            HASH.read("HRANDFIELD", -2, key(1), "6.2.0", HashCommands::pick),
            HASH.read("HSCAN", -3, key(1), "2.8.0", HashCommands::scan),
            HASH.write("HSET", -4, key(1), "2.0.0", HashCommands::set, DENYOOM, FAST),
            HASH.write("HSETNX", 4, key(1), "2.0.0", HashCommands::setNew, DENYOOM, FAST),
            HASH.read("HSTRLEN", 3, key(1), "3.2.0", HashCommands::valueLength, FAST),
            HASH.read("HVALS", 2, key(1), "2.0.0", HashCommands::values));

    /** More repeated picks than this are refused: Redis' own limit would let one short command fill any heap. */
    static final int PICKS_MAX = 1 << 19;

    /** And so are picks that take more bytes together. */
    static final long PICKED_BYTES_MAX = StringValue.BYTES_MAX;

    private static final Reply.Failure NOT_AN_INTEGER = new Reply.Failure("ERR hash value is not an integer");
    private static final Reply.Failure NOT_A_FLOAT = new Reply.Failure("ERR hash value is not a float");
    private static final Reply.Failure NOT_FINITE = new Reply.Failure("ERR value is NaN or Infinity");
    private static final Reply.Failure SUM_NOT_FINITE =
            new Reply.Failure("ERR increment would produce NaN or Infinity");
    private static final Reply.Failure OUT_OF_RANGE = new Reply.Failure("ERR value is out of range");
    private static final Reply.Failure PICKS_TOO_LONG =
            new Reply.Failure("ERR the picks take more than 64 MiB together: ask for fewer at a time");
    private static final Reply.Failure NO_COUNTERPART = new Reply.Failure(
            "ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807");

    private HashCommands() {}

    private static Mutation delete(Args args) {
        Bytes key = args.bytesAt(1);
        List<Bytes> fields = args.bytesFrom(2);
        return (keys, at) -> {
            Optional<HashValue> hash = keys.findToChange(key, HashValue.class);
            if (hash.isEmpty()) {
                return Reply.ZERO;
            }
            int removed = 0;
            for (Bytes field : fields) {
                removed += hash.get().remove(field) ? 1 : 0;
            }
            if (removed > 0) {
                keys.changed(key);
            }
            return Reply.Int.of(removed);
        };
    }

    private static Query exists(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes field = args.bytesAt(2);
        return keys -> keys.find(key, HashValue.class)
                .<Reply>map(hash -> hash.contains(field) ? Reply.ONE : Reply.ZERO)
                .orElse(Reply.ZERO);
    }

    private static Query get(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes field = args.bytesAt(2);
        return keys -> keys.find(key, HashValue.class)
                .map(hash -> bulkOrNil(hash.get(field)))
                .orElse(Reply.NIL);
    }

    private static Query getAll(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> new Reply.Pairs(collected(keys, key, 2, HashCommands::addBoth));
    }

    private static Query fields(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> new Reply.Array(collected(keys, key, 1, HashCommands::addField));
    }

    private static Query values(Args args) {
        Bytes key = args.bytesAt(1);
        return keys ->
                new Reply.Array(collected(keys, key, 1, (into, field, value) -> into.add(new Reply.Bulk(value))));
    }

    private static Query length(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> keys.find(key, HashValue.class)
                .<Reply>map(hash -> Reply.Int.of(hash.size()))
                .orElse(Reply.ZERO);
    }

    private static Query valueLength(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes field = args.bytesAt(2);
        return keys -> {
            Bytes value =
                    keys.find(key, HashValue.class).map(hash -> hash.get(field)).orElse(null);
            return value == null ? Reply.ZERO : Reply.Int.of(value.length());
        };
    }

    private static Query getSome(Args args) {
        Bytes key = args.bytesAt(1);
        List<Bytes> fields = args.bytesFrom(2);
        return keys -> {
            Optional<HashValue> hash = keys.find(key, HashValue.class);
            List<Reply> values = new ArrayList<>(fields.size());
            for (Bytes field : fields) {
                values.add(hash.isEmpty() ? Reply.NIL : bulkOrNil(hash.get().get(field)));
            }
            return new Reply.Array(values);
        };
    }

    private static Mutation increment(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes field = args.bytesAt(2);
        long by = args.longAt(3);
        return (keys, at) -> {
            Optional<HashValue> hash = keys.findToChange(key, HashValue.class);
            Bytes old = hash.isEmpty() ? null : hash.get().get(field);
            long before = old == null ? 0 : Numbers.parseLong(old.array(), old.offset(), old.length(), NOT_AN_INTEGER);
            long after = before + by;
            if (((before ^ after) & (by ^ after)) < 0) {
                throw new CommandException(Errors.OVERFLOW);
            }
            setAll(keys, at, key, hash, List.of(field, Numbers.format(after)));
            return Reply.Int.of(after);
        };
    }

    private static Mutation incrementFloat(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes field = args.bytesAt(2);
        LongDouble by = floatOrRefuse(args.bytesAt(3), Errors.NOT_A_FLOAT);
        if (!by.isFinite()) {
            throw new CommandException(NOT_FINITE);
        }
        return (keys, at) -> {
            Optional<HashValue> hash = keys.findToChange(key, HashValue.class);
            Bytes old = hash.isEmpty() ? null : hash.get().get(field);
            LongDouble before = old == null ? LongDouble.ZERO : floatOrRefuse(old, NOT_A_FLOAT);
            LongDouble after = before.plus(by);
            if (!after.isFinite()) {
                throw new CommandException(SUM_NOT_FINITE);
            }
            Bytes text = after.format();
            setAll(keys, at, key, hash, List.of(field, text));
            return new Reply.Bulk(text);
        };
    }

    private static LongDouble floatOrRefuse(Bytes text, Reply.Failure otherwise) {
        return LongDouble.parse(text).orElseThrow(() -> new CommandException(otherwise));
    }

    private static Mutation set(Args args) {
        Bytes key = args.bytesAt(1);
        List<Bytes> pairs = pairs(args, "HSET");
        return (keys, at) -> {
            Optional<HashValue> hash = keys.findToChange(key, HashValue.class);
            return Reply.Int.of(setAll(keys, at, key, hash, pairs));
        };
    }

    private static Mutation setSome(Args args) {
        Bytes key = args.bytesAt(1);
        List<Bytes> pairs = pairs(args, "HMSET");
        return (keys, at) -> {
            setAll(keys, at, key, keys.findToChange(key, HashValue.class), pairs);
            return Reply.OK;
        };
    }

    private static Mutation setNew(Args args) {
        Bytes key = args.bytesAt(1);
        List<Bytes> pair = args.bytesFrom(2);
        return (keys, at) -> {
            Optional<HashValue> hash = keys.findToChange(key, HashValue.class);
            if (hash.isPresent() && hash.get().contains(pair.getFirst())) {
                return Reply.ZERO;
            }
            setAll(keys, at, key, hash, pair);
            return Reply.ONE;
        };
    }

    private static List<Bytes> pairs(Args args, String name) {
        if (args.count() % 2 != 0) {
            throw new CommandException(Errors.wrongArity(name));
        }
        return args.bytesFrom(2);
    }

    /** Sets fields of a key's hash, or of a new one; returns how many fields are new. */
    private static int setAll(Keyspace keys, Moment at, Bytes key, Optional<HashValue> old, List<Bytes> pairs) {
        HashValue hash = old.orElseGet(() -> new HashValue(at.seed()));
        int added = 0;
        for (int i = 0; i < pairs.size(); i += 2) {
            added += hash.set(pairs.get(i), pairs.get(i + 1)) ? 1 : 0;
        }
        if (old.isPresent()) {
            keys.changed(key);
        } else {
            keys.put(key, hash, KeyspaceView.NEVER);
        }
        return added;
    }

    private static Query pick(Args args) {
        Bytes key = args.bytesAt(1);
        if (args.count() == 2) {
            return keys -> {
                List<Reply> picked = new ArrayList<>(1);
                keys.find(key, HashValue.class)
                        .ifPresent(hash -> hash.visit(
                                Picks.repeating(keys::draw, 1, hash.size()),
                                (field, value) -> picked.add(new Reply.Bulk(field))));
                return picked.isEmpty() ? Reply.NIL : picked.getFirst();
            };
        }
        long count = args.longAt(2);
        if (count == Long.MIN_VALUE) {
            throw new CommandException(NO_COUNTERPART);
        }
        boolean withValues = args.count() == 4 && args.isWord(3, "WITHVALUES");
        if (args.count() > 3 && !withValues) {
            throw Errors.syntax();
        }
        if (withValues && (count < -Long.MAX_VALUE / 2 || count > Long.MAX_VALUE / 2)) {
            throw new CommandException(OUT_OF_RANGE);
        }
        return keys -> keys.find(key, HashValue.class)
                .map(hash -> pick(hash, keys, count, withValues))
                .orElse(Reply.EMPTY_ARRAY);
    }

    private static Reply pick(HashValue hash, KeyspaceView keys, long count, boolean withValues) {
        if (count < -PICKS_MAX) {
            throw new CommandException(OUT_OF_RANGE);
        }
        Reply.checkItems(Math.min(count, hash.size()) * (withValues ? 2 : 1));
        int[] positions = count < 0
                ? Picks.repeating(keys::draw, (int) -count, hash.size())
                : Picks.distinct(keys::draw, (int) Math.min(count, hash.size()), hash.size());
        List<Reply> picked = new ArrayList<>(positions.length * (withValues ? 2 : 1));
        long[] bytes = {0};
        hash.visit(positions, (field, value) -> {
            bytes[0] += field.length() + (withValues ? value.length() : 0);
            if (count < 0 && bytes[0] > PICKED_BYTES_MAX) {
                throw new CommandException(PICKS_TOO_LONG);
            }
            picked.add(new Reply.Bulk(field));
            if (withValues) {
                picked.add(new Reply.Bulk(value));
            }
        });
        return withValues ? new Reply.Tuples(picked) : new Reply.Array(picked);
    }

    private static Query scan(Args args) {
        Bytes key = args.bytesAt(1);
        long cursor = ScanOptions.cursor(args.bytesAt(2));
        List<Bytes> words = args.bytesFrom(3);
        return keys -> {
            Optional<HashValue> hash = keys.find(key, HashValue.class);
            if (hash.isEmpty()) {
                return ScanOptions.reply(0, List.of());
            }
            // Redis looks for the key first: without one, any options will do.
            ScanOptions options = ScanOptions.parse(words, ScanOptions.Of.FIELDS);
            Collector shown = options.noValues() ? HashCommands::addField : HashCommands::addBoth;
            List<Reply> items = new ArrayList<>();
            long next = hash.get().scan(cursor, Math.min(options.count(), Reply.ITEMS_MAX / 2), (field, value) -> {
                if (options.shows(field)) {
                    shown.add(items, field, value);
                }
            });
            return ScanOptions.reply(next, items);
        };
    }

    private interface Collector {
        void add(List<Reply> into, Bytes field, Bytes value);
    }

    private static List<Reply> collected(KeyspaceView keys, Bytes key, int itemsPerField, Collector collector) {
        Optional<HashValue> hash = keys.find(key, HashValue.class);
        if (hash.isEmpty()) {
            return List.of();
        }
        long count = (long) hash.get().size() * itemsPerField;
        Reply.checkItems(count);
        List<Reply> items = new ArrayList<>((int) count);
        hash.get().forEach((field, value) -> collector.add(items, field, value));
        return items;
    }

    private static void addField(List<Reply> into, Bytes field, Bytes value) {
        into.add(new Reply.Bulk(field));
    }

    private static void addBoth(List<Reply> into, Bytes field, Bytes value) {
        into.add(new Reply.Bulk(field));
        into.add(new Reply.Bulk(value));
    }

    private static Reply bulkOrNil(@Nullable Bytes value) {
        return value == null ? Reply.NIL : new Reply.Bulk(value);
    }
}
