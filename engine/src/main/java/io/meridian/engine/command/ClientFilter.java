// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import java.util.Locale;
import java.util.function.Predicate;

/** Which connections CLIENT KILL closes. */
final class ClientFilter {
    private static final Reply.Failure BAD_ID = new Reply.Failure("ERR client-id should be greater than 0");
    private static final Reply.Failure BAD_AGE = new Reply.Failure("ERR maxage is not an integer or out of range");

    private Predicate<Session> accepted = _ -> true;
    private boolean sparesCaller = true;

    private ClientFilter() {}

    /** The old form: the client with this address, the caller too. */
    static ClientFilter at(String address) {
        ClientFilter filter = new ClientFilter();
        filter.accepted = session -> session.caller().address().equals(address);
        filter.sparesCaller = false;
        return filter;
    }

    /** Pairs of filter and value from an index on. */
    static ClientFilter parse(Args args, int from) {
        ClientFilter filter = new ClientFilter();
        for (int i = from; i < args.count(); i += 2) {
            if (i + 1 == args.count()) {
                throw Errors.syntax();
            }
            filter.and(args.textAt(i).toUpperCase(Locale.ROOT), args, i + 1);
        }
        return filter;
    }

    private void and(String name, Args args, int valueAt) {
        String value = args.textAt(valueAt);
        switch (name) {
            case "ID" -> {
                long id = positive(args, valueAt, BAD_ID, BAD_ID);
                accepted = accepted.and(session -> session.id() == id);
            }
            case "TYPE" -> accepted = accepted.and(Kind.of(value)::includes);
            case "ADDR" ->
                accepted = accepted.and(session -> session.caller().address().equals(value));
            case "LADDR" ->
                accepted =
                        accepted.and(session -> session.caller().localAddress().equals(value));
            case "USER" -> accepted = accepted.and(session -> session.user().equals(value));
            case "MAXAGE" -> {
                long age = positive(args, valueAt, BAD_AGE, new Reply.Failure("ERR maxage should be greater than 0"));
                accepted = accepted.and(session -> session.caller().ageSeconds() >= age);
            }
            case "SKIPME" -> sparesCaller = yes(args, valueAt);
            default -> throw Errors.syntax();
        }
    }

    private static long positive(Args args, int at, Reply.Failure noNumber, Reply.Failure tooSmall) {
        long number = args.longAt(at, noNumber);
        if (number <= 0) {
            throw new CommandException(tooSmall);
        }
        return number;
    }

    private static boolean yes(Args args, int at) {
        if (args.isWord(at, "YES")) {
            return true;
        }
        if (args.isWord(at, "NO")) {
            return false;
        }
        throw Errors.syntax();
    }

    /** Closes them, the caller's own connection after the reply, and returns how many. */
    int kill(Session caller) {
        int killed = 0;
        for (Session session : caller.host().sessions(caller)) {
            if (!accepted.test(session)) {
                continue;
            }
            if (session.id() != caller.id()) {
                killed += caller.host().kill(caller, session.id()) ? 1 : 0;
            } else if (!sparesCaller) {
                caller.closeAfterReply();
                killed++;
            }
        }
        return killed;
    }

    /** What CLIENT LIST and CLIENT KILL call a type; of replication's two there is no connection here. */
    enum Kind {
        NORMAL,
        MASTER,
        REPLICA,
        PUBSUB;

        static Kind of(String name) {
            return switch (name.toUpperCase(Locale.ROOT)) {
                case "NORMAL" -> NORMAL;
                case "MASTER" -> MASTER;
                case "REPLICA", "SLAVE" -> REPLICA;
                case "PUBSUB" -> PUBSUB;
                default -> throw new CommandException("ERR Unknown client type '" + Errors.printable(name) + "'");
            };
        }

        /** No session subscribes: each is a normal one. */
        boolean includes(Session session) {
            return this == NORMAL;
        }
    }
}
