// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.LIST;
import static io.meridian.engine.command.Flag.DENYOOM;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.Flag.MOVABLEKEYS;
import static io.meridian.engine.command.KeySpec.key;
import static io.meridian.engine.command.KeySpec.keys;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.ListValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Commands on lists that answer at once. */
final class ListCommands {
    static final List<Command> ALL = List.of(
            LIST.read("LINDEX", 3, key(1), "1.0.0", ListCommands::index),
            LIST.write("LINSERT", 5, key(1), "2.2.0", ListCommands::insert, DENYOOM),
            LIST.read("LLEN", 2, key(1), "1.0.0", ListCommands::length, FAST),
            LIST.write("LMOVE", 5, keys(1, 2, 1), "6.2.0", ListCommands::move, DENYOOM),
            LIST.write("LMPOP", -4, new KeySpec.Counted(1), "7.0.0", ListCommands::popFromFirst, MOVABLEKEYS),
            LIST.write("LPOP", -2, key(1), "1.0.0", args -> pop(args, End.LEFT), FAST),
            LIST.read("LPOS", -3, key(1), "6.0.6", ListCommands::positions),
            LIST.write("LPUSH", -3, key(1), "1.0.0", args -> push(args, End.LEFT, true), DENYOOM, FAST),
            LIST.write("LPUSHX", -3, key(1), "2.2.0", args -> push(args, End.LEFT, false), DENYOOM, FAST),
            LIST.read("LRANGE", 4, key(1), "1.0.0", ListCommands::range),
            LIST.write("LREM", 4, key(1), "1.0.0", ListCommands::remove),
            LIST.write("LSET", 4, key(1), "1.0.0", ListCommands::set, DENYOOM),
            LIST.write("LTRIM", 4, key(1), "1.0.0", ListCommands::trim),
            LIST.write("RPOP", -2, key(1), "1.0.0", args -> pop(args, End.RIGHT), FAST),
            LIST.write("RPOPLPUSH", 3, keys(1, 2, 1), "1.2.0", ListCommands::popAndPush, DENYOOM),
            LIST.write("RPUSH", -3, key(1), "1.0.0", args -> push(args, End.RIGHT, true), DENYOOM, FAST),
            LIST.write("RPUSHX", -3, key(1), "2.2.0", args -> push(args, End.RIGHT, false), DENYOOM, FAST));

    private static final Reply.Failure NOT_POSITIVE = new Reply.Failure("ERR value is out of range, must be positive");
    private static final Reply.Failure NO_KEYS = new Reply.Failure("ERR numkeys should be greater than 0");
    private static final Reply.Failure NO_COUNT = new Reply.Failure("ERR count should be greater than 0");
    private static final Reply.Failure NEGATIVE_COUNT = new Reply.Failure("ERR COUNT can't be negative");
    private static final Reply.Failure NEGATIVE_MAXLEN = new Reply.Failure("ERR MAXLEN can't be negative");
    private static final Reply.Failure RANK_ZERO = new Reply.Failure("ERR RANK can't be zero: use 1 to start from the "
            + "first match, 2 from the second ... or use negative to start from the end of the list");

    /** What a popped element takes in a reply: more than a short one did in its list. */
    private static final long POPPED_BYTES = 64;

    private ListCommands() {}

    /** One end of a list; LEFT is where index 0 is. */
    private enum End {
        LEFT,
        RIGHT;

        static End parse(Args args, int index) {
            if (args.isWord(index, "LEFT")) {
                return LEFT;
            }
            if (args.isWord(index, "RIGHT")) {
                return RIGHT;
            }
            throw Errors.syntax();
        }

        void push(ListValue list, Bytes element) {
            if (this == LEFT) {
                list.pushFirst(element);
            } else {
                list.pushLast(element);
            }
        }

        Bytes pop(ListValue list) {
            return this == LEFT ? list.popFirst() : list.popLast();
        }
    }

    private static Query index(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes index = args.bytesAt(2);
        return keys -> keys.find(key, ListValue.class)
                .<Reply>map(list -> {
                    // Redis looks for the key first: without one, any word will do.
                    long at = fromHead(longOf(index), list.size());
                    return at < 0 || at >= list.size() ? Reply.NIL : new Reply.Bulk(list.get(at));
                })
                .orElse(Reply.NIL);
    }

    private static Mutation insert(Args args) {
        Bytes key = args.bytesAt(1);
        boolean after = args.isWord(2, "AFTER");
        if (!after && !args.isWord(2, "BEFORE")) {
            throw Errors.syntax();
        }
        Bytes pivot = args.bytesAt(3);
        Bytes element = args.bytesAt(4);
        return (keys, at) -> {
            Optional<ListValue> list = keys.findToChange(key, ListValue.class);
            if (list.isEmpty()) {
                return Reply.ZERO;
            }
            long index = list.get().indexOf(pivot);
            if (index < 0) {
                return Reply.Int.of(-1);
            }
            list.get().insert(after ? index + 1 : index, element);
            keys.changed(key);
            return Reply.Int.of(list.get().size());
        };
    }

    private static Query length(Args args) {
        Bytes key = args.bytesAt(1);
        return keys -> keys.find(key, ListValue.class)
                .<Reply>map(list -> Reply.Int.of(list.size()))
                .orElse(Reply.ZERO);
    }

    private static Mutation move(Args args) {
        return move(args, End.parse(args, 3), End.parse(args, 4));
    }

    private static Mutation popAndPush(Args args) {
        return move(args, End.RIGHT, End.LEFT);
    }

    private static Mutation move(Args args, End from, End to) {
        Bytes source = args.bytesAt(1);
        Bytes target = args.bytesAt(2);
        return (keys, at) -> {
            Optional<ListValue> list = keys.findToChange(source, ListValue.class);
            if (list.isEmpty()) {
                return Reply.NIL;
            }
            if (source.equals(target)) {
                // Never empty in between: the key and its expiry stay.
                Bytes element = from.pop(list.get());
                to.push(list.get(), element);
                keys.changed(source);
                return new Reply.Bulk(element);
            }
            // Refuses a target of another type before anything is taken.
            Optional<ListValue> other = keys.findToChange(target, ListValue.class);
            Bytes element = from.pop(list.get());
            pushAll(keys, target, other, List.of(element), to);
            keys.changed(source);
            return new Reply.Bulk(element);
        };
    }

    /** LMPOP: pops from the first of several lists that there is. */
    private static Mutation popFromFirst(Args args) {
        long keyCount = args.longAt(1, NO_KEYS);
        if (keyCount < 1) {
            throw new CommandException(NO_KEYS);
        }
        if (keyCount > args.count() - 3) {
            throw Errors.syntax();
        }
        List<Bytes> lists = args.bytesFrom(2).subList(0, (int) keyCount);
        int next = (int) keyCount + 2;
        End end = End.parse(args, next++);
        long count = 1;
        if (next < args.count()) {
            if (!args.isWord(next, "COUNT") || args.count() != next + 2) {
                // What stands first is looked at first: a bad count comes before words too many.
                if (args.isWord(next, "COUNT") && args.count() > next + 2) {
                    positive(args, next + 1);
                }
                throw Errors.syntax();
            }
            count = positive(args, next + 1);
        }
        long most = count;
        return (keys, at) -> {
            for (Bytes key : lists) {
                Optional<ListValue> list = keys.findToChange(key, ListValue.class);
                if (list.isPresent()) {
                    Reply elements = popAll(keys, key, list.get(), end, most);
                    return new Reply.Array(List.of(new Reply.Bulk(key), elements));
                }
            }
            return Reply.NIL_ARRAY;
        };
    }

    private static long positive(Args args, int index) {
        long count = args.longAt(index, NO_COUNT);
        if (count < 1) {
            throw new CommandException(NO_COUNT);
        }
        return count;
    }

    private static Mutation pop(Args args, End end) {
        if (args.count() > 3) {
            throw new CommandException(Errors.wrongArity(args.textAt(0)));
        }
        Bytes key = args.bytesAt(1);
        if (args.count() == 2) {
            return (keys, at) -> {
                Optional<ListValue> list = keys.findToChange(key, ListValue.class);
                if (list.isEmpty()) {
                    return Reply.NIL;
                }
                Bytes element = end.pop(list.get());
                keys.changed(key);
                return new Reply.Bulk(element);
            };
        }
        long count = args.longAt(2, NOT_POSITIVE);
        if (count < 0) {
            throw new CommandException(NOT_POSITIVE);
        }
        return (keys, at) -> {
            Optional<ListValue> list = keys.findToChange(key, ListValue.class);
            if (list.isEmpty()) {
                return Reply.NIL_ARRAY;
            }
            return count == 0 ? Reply.EMPTY_ARRAY : popAll(keys, key, list.get(), end, count);
        };
    }

    private static Reply popAll(Keyspace keys, Bytes key, ListValue list, End end, long count) {
        long wanted = Math.min(count, list.size());
        Reply.checkItems(wanted);
        keys.takes(wanted * POPPED_BYTES);
        int popped = (int) wanted;
        List<Reply> elements = new ArrayList<>(popped);
        for (int i = 0; i < popped; i++) {
            elements.add(new Reply.Bulk(end.pop(list)));
        }
        keys.changed(key);
        return new Reply.Array(elements);
    }

    /**
     * What LPOS looks for.
     *
     * @param limit how many matches; empty for the first, answered as a number
     * @param compared how many elements to look at
     */
    private record Positions(long rank, Optional<Long> limit, long compared) {
        static Positions parse(Args args) {
            long rank = 1;
            Optional<Long> limit = Optional.empty();
            long compared = 0;
            for (int i = 3; i < args.count(); i += 2) {
                if (i + 1 == args.count()) {
                    throw Errors.syntax();
                }
                if (args.isWord(i, "RANK")) {
                    rank = args.longAt(i + 1);
                    if (rank == 0) {
                        throw new CommandException(RANK_ZERO);
                    }
                } else if (args.isWord(i, "COUNT")) {
                    limit = Optional.of(notNegative(args, i + 1, NEGATIVE_COUNT));
                } else if (args.isWord(i, "MAXLEN")) {
                    compared = notNegative(args, i + 1, NEGATIVE_MAXLEN);
                } else {
                    throw Errors.syntax();
                }
            }
            if (rank == Long.MIN_VALUE) {
                // It has no counterpart: in Redis 7.0 it overflows into the last match, and into no limit.
                return new Positions(-1, limit.map(_ -> Long.MAX_VALUE), orAll(compared));
            }
            return new Positions(rank, limit.map(Positions::orAll), orAll(compared));
        }

        private static long notNegative(Args args, int index, Reply.Failure otherwise) {
            long number = args.longAt(index, otherwise);
            if (number < 0) {
                throw new CommandException(otherwise);
            }
            return number;
        }

        private static long orAll(long count) {
            return count == 0 ? Long.MAX_VALUE : count;
        }
    }

    private static Query positions(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes element = args.bytesAt(2);
        Positions positions = Positions.parse(args);
        return keys -> {
            List<Reply> found = new ArrayList<>();
            keys.find(key, ListValue.class)
                    .ifPresent(list -> list.search(
                            element, positions.rank(), positions.limit().orElse(1L), positions.compared(), index -> {
                                found.add(Reply.Int.of(index));
                                Reply.checkItems(found.size());
                            }));
            if (positions.limit().isPresent()) {
                return new Reply.Array(found);
            }
            return found.isEmpty() ? Reply.NIL : found.getFirst();
        };
    }

    private static Mutation push(Args args, End end, boolean creates) {
        Bytes key = args.bytesAt(1);
        List<Bytes> elements = args.bytesFrom(2);
        return (keys, at) -> {
            Optional<ListValue> list = keys.findToChange(key, ListValue.class);
            if (list.isEmpty() && !creates) {
                return Reply.ZERO;
            }
            return Reply.Int.of(pushAll(keys, key, list, elements, end));
        };
    }

    /** Pushes to the list of a key, or to a new one; returns its size. */
    private static long pushAll(Keyspace keys, Bytes key, Optional<ListValue> old, List<Bytes> elements, End end) {
        ListValue list = old.orElseGet(ListValue::new);
        for (Bytes element : elements) {
            end.push(list, element);
        }
        if (old.isPresent()) {
            keys.changed(key);
        } else {
            keys.put(key, list, KeyspaceView.NEVER);
        }
        return list.size();
    }

    private static Query range(Args args) {
        Bytes key = args.bytesAt(1);
        long first = args.longAt(2);
        long last = args.longAt(3);
        return keys -> keys.find(key, ListValue.class)
                .<Reply>map(list -> {
                    long from = Math.max(0, fromHead(first, list.size()));
                    long to = Math.min(fromHead(last, list.size()), list.size() - 1) + 1;
                    if (from >= to) {
                        return Reply.EMPTY_ARRAY;
                    }
                    Reply.checkItems(to - from);
                    List<Reply> elements = new ArrayList<>((int) (to - from));
                    list.forEach(from, to, element -> elements.add(new Reply.Bulk(element)));
                    return new Reply.Array(elements);
                })
                .orElse(Reply.EMPTY_ARRAY);
    }

    private static Mutation remove(Args args) {
        Bytes key = args.bytesAt(1);
        long count = args.longAt(2);
        Bytes element = args.bytesAt(3);
        long limit = count == 0 || count == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(count);
        return (keys, at) -> {
            Optional<ListValue> list = keys.findToChange(key, ListValue.class);
            long removed = list.isEmpty() ? 0 : list.get().removeEqual(element, limit, count < 0);
            if (removed > 0) {
                keys.changed(key);
            }
            return Reply.Int.of(removed);
        };
    }

    private static Mutation set(Args args) {
        Bytes key = args.bytesAt(1);
        Bytes index = args.bytesAt(2);
        Bytes element = args.bytesAt(3);
        return (keys, at) -> {
            ListValue list =
                    keys.findToChange(key, ListValue.class).orElseThrow(() -> new CommandException(Errors.NO_SUCH_KEY));
            // Redis looks for the key first: without one, any word will do.
            long place = fromHead(longOf(index), list.size());
            if (place < 0 || place >= list.size()) {
                throw new CommandException(Errors.OUT_OF_RANGE);
            }
            list.set(place, element);
            keys.changed(key);
            return Reply.OK;
        };
    }

    private static Mutation trim(Args args) {
        Bytes key = args.bytesAt(1);
        long first = args.longAt(2);
        long last = args.longAt(3);
        return (keys, at) -> {
            keys.findToChange(key, ListValue.class).ifPresent(list -> {
                long from = Math.max(0, fromHead(first, list.size()));
                list.trim(from, Math.min(fromHead(last, list.size()), list.size() - 1) + 1);
                keys.changed(key);
            });
            return Reply.OK;
        };
    }

    /** An index that counts from the tail when negative, as one from the head; below zero when it is before it. */
    private static long fromHead(long index, long size) {
        return index < 0 ? index + size : index;
    }

    private static long longOf(Bytes word) {
        return Numbers.parseLong(word.array(), word.offset(), word.length(), Errors.NOT_AN_INTEGER);
    }
}
