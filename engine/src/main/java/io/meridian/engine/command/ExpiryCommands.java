// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.GENERIC;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.KeySpec.key;
import static io.meridian.engine.keyspace.KeyspaceView.NEVER;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Mutation;
import io.meridian.engine.command.Command.Query;
import java.util.List;

/** Commands on when keys end. */
final class ExpiryCommands {
    static final List<Command> ALL = List.of(
            GENERIC.write("EXPIRE", -3, key(1), "1.0.0", args -> expire(args, "EXPIRE", true, false), FAST),
            GENERIC.write("PEXPIRE", -3, key(1), "2.6.0", args -> expire(args, "PEXPIRE", false, false), FAST),
            GENERIC.write("EXPIREAT", -3, key(1), "1.2.0", args -> expire(args, "EXPIREAT", true, true), FAST),
            GENERIC.write("PEXPIREAT", -3, key(1), "2.6.0", args -> expire(args, "PEXPIREAT", false, true), FAST),
            GENERIC.write("PERSIST", 2, key(1), "2.2.0", ExpiryCommands::persist, FAST),
            GENERIC.read("TTL", 2, key(1), "1.0.0", args -> remaining(args, true, false), FAST),
            GENERIC.read("PTTL", 2, key(1), "2.6.0", args -> remaining(args, false, false), FAST),
            GENERIC.read("EXPIRETIME", 2, key(1), "7.0.0", args -> remaining(args, true, true), FAST),
            GENERIC.read("PEXPIRETIME", 2, key(1), "7.0.0", args -> remaining(args, false, true), FAST));

    private static final long MILLIS = 1000;
    private static final Reply.Int NO_KEY = new Reply.Int(-2);
    private static final Reply.Int NO_EXPIRY = new Reply.Int(-1);

    private ExpiryCommands() {}

    private static Mutation expire(Args args, String command, boolean inSeconds, boolean isAbsolute) {
        Bytes key = args.bytesAt(1);
        Condition condition = Condition.parse(args);
        long amountMillis = amountMillis(args, command, inSeconds);
        return (keys, at) -> {
            long base = isAbsolute ? 0 : at.epochMillis();
            if (amountMillis > Long.MAX_VALUE - base) {
                throw Errors.invalidExpire(command);
            }
            long end = ExpiryOption.atMost(amountMillis + base);
            var current = keys.expiryOf(key);
            if (current.isEmpty() || !condition.allows(current.getAsLong(), end)) {
                return Reply.ZERO;
            }
            keys.expire(key, end);
            return Reply.ONE;
        };
    }

    /** May be negative: a key may be told to have ended. */
    private static long amountMillis(Args args, String command, boolean inSeconds) {
        long amount = args.longAt(2);
        if (!inSeconds) {
            return amount;
        }
        if (amount > Long.MAX_VALUE / MILLIS || amount < Long.MIN_VALUE / MILLIS) {
            throw Errors.invalidExpire(command);
        }
        return amount * MILLIS;
    }

    private static Mutation persist(Args args) {
        Bytes key = args.bytesAt(1);
        return (keys, at) -> {
            if (keys.expiryOf(key).orElse(NEVER) == NEVER) {
                return Reply.ZERO;
            }
            keys.expire(key, NEVER);
            return Reply.ONE;
        };
    }

    private static Query remaining(Args args, boolean inSeconds, boolean isAbsolute) {
        Bytes key = args.bytesAt(1);
        return keys -> {
            var end = keys.expiryOf(key);
            if (end.isEmpty()) {
                return NO_KEY;
            }
            if (end.getAsLong() == NEVER) {
                return NO_EXPIRY;
            }
            long millis = isAbsolute ? end.getAsLong() : Math.max(0, end.getAsLong() - keys.nowMillis());
            // To the nearest second, as Redis; without adding first, which could overflow.
            return new Reply.Int(inSeconds ? millis / MILLIS + (millis % MILLIS >= MILLIS / 2 ? 1 : 0) : millis);
        };
    }

    /** NX, XX, GT and LT: when an end may be set, compared with the one there is. */
    private record Condition(boolean onlyIfNone, boolean onlyIfSome, boolean onlyIfLater, boolean onlyIfEarlier) {
        private static final Condition NONE = new Condition(false, false, false, false);

        static Condition parse(Args args) {
            if (args.count() == 3) {
                return NONE;
            }
            boolean nx = false;
            boolean xx = false;
            boolean gt = false;
            boolean lt = false;
            for (int i = 3; i < args.count(); i++) {
                if (args.isWord(i, "NX")) {
                    nx = true;
                } else if (args.isWord(i, "XX")) {
                    xx = true;
                } else if (args.isWord(i, "GT")) {
                    gt = true;
                } else if (args.isWord(i, "LT")) {
                    lt = true;
                } else {
                    throw new CommandException("ERR Unsupported option " + Errors.printable(args.textAt(i)));
                }
            }
            if (nx && (xx || gt || lt)) {
                throw new CommandException("ERR NX and XX, GT or LT options at the same time are not compatible");
            }
            if (gt && lt) {
                throw new CommandException("ERR GT and LT options at the same time are not compatible");
            }
            return new Condition(nx, xx, gt, lt);
        }

        /** No end counts as the latest of all. */
        boolean allows(long currentMillis, long nextMillis) {
            boolean hasEnd = currentMillis != NEVER;
            return !(onlyIfNone && hasEnd)
                    && !(onlyIfSome && !hasEnd)
                    && !(onlyIfLater && nextMillis <= currentMillis)
                    && !(onlyIfEarlier && nextMillis >= currentMillis);
        }
    }
}
