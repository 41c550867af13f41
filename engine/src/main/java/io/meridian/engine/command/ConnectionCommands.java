// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.CONNECTION;
import static io.meridian.engine.command.Flag.ADMIN;
import static io.meridian.engine.command.Flag.ALLOW_BUSY;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.NOSCRIPT;
import static io.meridian.engine.command.Flag.NO_AUTH;
import static io.meridian.engine.command.Flag.STALE;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.RedisVersion;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Exchange;
import io.meridian.engine.command.Session.ReplyMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Commands on one connection: who is there, in which protocol, on which numbered database. */
final class ConnectionCommands {
    private static final Flag[] HANDSHAKE = {NOSCRIPT, LOADING, STALE, FAST, NO_AUTH, ALLOW_BUSY};
    private static final Flag[] CLIENT = {NOSCRIPT, LOADING, STALE};
    private static final Flag[] CLIENT_ADMIN = {ADMIN, NOSCRIPT, LOADING, STALE};

    static final List<Command> ALL = List.of(
            CONNECTION.local("PING", -1, "1.0.0", ConnectionCommands::ping, FAST),
            CONNECTION.local("ECHO", 2, "1.0.0", ConnectionCommands::echo, LOADING, STALE, FAST),
            CONNECTION.local("HELLO", -1, "6.0.0", ConnectionCommands::hello, HANDSHAKE),
            CONNECTION.local("AUTH", -2, "1.0.0", ConnectionCommands::auth, HANDSHAKE),
            CONNECTION.local("RESET", 1, "6.2.0", _ -> ConnectionCommands::reset, HANDSHAKE),
            CONNECTION.local("QUIT", -1, "1.0.0", _ -> ConnectionCommands::quit, HANDSHAKE),
            CONNECTION.local("SELECT", 2, "1.0.0", ConnectionCommands::select, LOADING, STALE, FAST),
            CONNECTION.container("CLIENT", "2.4.0"),
            CONNECTION.local("CLIENT|ID", 2, "5.0.0", _ -> session -> Reply.Int.of(session.id()), CLIENT),
            CONNECTION.local("CLIENT|GETNAME", 2, "2.6.9", _ -> ConnectionCommands::clientName, CLIENT),
            CONNECTION.local("CLIENT|SETNAME", 3, "2.6.9", ConnectionCommands::setName, CLIENT),
            CONNECTION.local("CLIENT|SETINFO", 4, "7.2.0", ConnectionCommands::setLibrary, CLIENT),
            CONNECTION.local("CLIENT|INFO", 2, "6.2.0", _ -> session -> lines(List.of(session)), CLIENT),
            CONNECTION.local("CLIENT|LIST", -2, "2.4.0", ConnectionCommands::list, CLIENT_ADMIN),
            CONNECTION.local("CLIENT|KILL", -3, "2.4.0", ConnectionCommands::kill, CLIENT_ADMIN),
            CONNECTION.local("CLIENT|REPLY", 3, "3.2.0", ConnectionCommands::replies, CLIENT),
            CONNECTION.local("CLIENT|NO-EVICT", 3, "7.0.0", ConnectionCommands::onOrOff, CLIENT_ADMIN),
            CONNECTION.local("CLIENT|NO-TOUCH", 3, "7.2.0", ConnectionCommands::onOrOff, CLIENT),
            CONNECTION.local("CLIENT|HELP", 2, "5.0.0", _ -> _ -> clientHelp(), LOADING, STALE));

    private static final Bytes DEFAULT_USER = Bytes.of("default");
    private static final Reply.Failure BAD_NAME =
            new Reply.Failure("ERR Client names cannot contain spaces, newlines or special characters.");
    private static final Reply.Failure BAD_PROTOCOL =
            new Reply.Failure("ERR Protocol version is not an integer or out of range");
    private static final Reply.Failure UNSUPPORTED_PROTOCOL = new Reply.Failure("NOPROTO unsupported protocol version");
    private static final Reply.Failure HELLO_NEEDS_AUTH = new Reply.Failure(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH"
                + " <user> <pass> option can be used to authenticate the client and select the RESP protocol version"
                + " at the same time");
    private static final Reply.Failure NO_PASSWORD =
            new Reply.Failure("ERR AUTH <password> called without any password configured for the default user. Are you"
                    + " sure your configuration is correct?");
    private static final Reply.Failure BAD_NUMBER =
            new Reply.Failure("ERR value is out of range, value must between -2147483648 and 2147483647");
    private static final Reply.Failure BAD_CLIENT_ID = new Reply.Failure("ERR Invalid client ID");
    private static final Reply.Failure NO_SUCH_CLIENT = new Reply.Failure("ERR No such client");

    private ConnectionCommands() {}

    private static Exchange ping(Args args) {
        if (args.count() > 2) {
            throw new CommandException(Errors.wrongArity("PING"));
        }
        Reply reply = args.count() == 1 ? Reply.PONG : new Reply.Bulk(args.bytesAt(1));
        return _ -> reply;
    }

    private static Exchange echo(Args args) {
        Bytes text = args.bytesAt(1);
        return _ -> new Reply.Bulk(text);
    }

    private static Exchange hello(Args args) {
        int protocol = args.count() > 1 ? protocol(args) : 0;
        Bytes user = null;
        Bytes secret = null;
        String name = null;
        for (int i = 2; i < args.count(); i++) {
            int more = args.count() - 1 - i;
            if (args.isWord(i, "AUTH") && more >= 2) {
                user = args.bytesAt(i + 1);
                secret = args.bytesAt(i + 2);
                i += 2;
            } else if (args.isWord(i, "SETNAME") && more >= 1) {
                name = visible(args.bytesAt(i + 1), BAD_NAME);
                i++;
            } else {
                throw new CommandException(
                        "ERR Syntax error in HELLO option '" + Errors.printable(args.textAt(i)) + "'");
            }
        }
        return greet(protocol, user, secret, name);
    }

    private static int protocol(Args args) {
        long version = args.longAt(1, BAD_PROTOCOL);
        if (version != 2 && version != 3) {
            throw new CommandException(UNSUPPORTED_PROTOCOL);
        }
        return (int) version;
    }

    private static Exchange greet(int protocol, @Nullable Bytes user, @Nullable Bytes secret, @Nullable String name) {
        return session -> {
            if (user != null && secret != null && session.authenticate(user, secret) instanceof Reply.Failure refused) {
                return refused;
            }
            if (!session.isAuthenticated()) {
                return HELLO_NEEDS_AUTH;
            }
            if (name != null) {
                session.clientName(name);
            }
            if (protocol != 0) {
                session.protocol(protocol);
            }
            return greeting(session);
        };
    }

    private static Reply greeting(Session session) {
        return new Reply.Pairs(List.of(
                Reply.Bulk.of("server"),
                Reply.Bulk.of("redis"),
                Reply.Bulk.of("version"),
                Reply.Bulk.of(RedisVersion.COMPATIBLE),
                Reply.Bulk.of("proto"),
                Reply.Int.of(session.protocol()),
                Reply.Bulk.of("id"),
                Reply.Int.of(session.id()),
                Reply.Bulk.of("mode"),
                Reply.Bulk.of("standalone"),
                // Every node takes writes and sends them home, so none is a replica to a client.
                Reply.Bulk.of("role"),
                Reply.Bulk.of("master"),
                Reply.Bulk.of("modules"),
                Reply.EMPTY_ARRAY));
    }

    private static Exchange auth(Args args) {
        if (args.count() > 3) {
            throw Errors.syntax();
        }
        Bytes user = args.count() == 3 ? args.bytesAt(1) : DEFAULT_USER;
        Bytes secret = args.bytesAt(args.count() - 1);
        boolean isOldForm = args.count() == 2;
        return session -> {
            Reply reply = session.authenticate(user, secret);
            return isOldForm && reply instanceof Reply.Failure && !session.needsSecret() ? NO_PASSWORD : reply;
        };
    }

    private static Reply reset(Session session) {
        session.reset();
        return new Reply.Status("RESET");
    }

    private static Reply quit(Session session) {
        session.closeAfterReply();
        return Reply.OK;
    }

    private static Exchange select(Args args) {
        long number = args.longAt(1);
        if (number != (int) number) {
            throw new CommandException(BAD_NUMBER);
        }
        return session -> {
            session.select((int) number);
            return Reply.OK;
        };
    }

    private static Reply clientName(Session session) {
        return session.clientName().isEmpty() ? Reply.NIL : Reply.Bulk.of(session.clientName());
    }

    private static Exchange setName(Args args) {
        String name = visible(args.bytesAt(2), BAD_NAME);
        return session -> {
            session.clientName(name);
            return Reply.OK;
        };
    }

    private static Exchange setLibrary(Args args) {
        if (!args.isWord(2, "LIB-NAME") && !args.isWord(2, "LIB-VER")) {
            throw new CommandException("ERR Unrecognized option '" + Errors.printable(args.textAt(2)) + "'");
        }
        String attribute = args.isWord(2, "LIB-NAME") ? "LIB-NAME" : "LIB-VER";
        String value = visible(
                args.bytesAt(3),
                new Reply.Failure("ERR " + args.textAt(2) + " cannot contain spaces, newlines or special characters."));
        return session -> {
            session.library(attribute, value);
            return Reply.OK;
        };
    }

    /** Only printable ASCII without spaces, so that CLIENT LIST stays one line of words for a client. */
    private static String visible(Bytes text, Reply.Failure otherwise) {
        for (int i = 0; i < text.length(); i++) {
            if (text.at(i) < '!' || text.at(i) > '~') {
                throw new CommandException(otherwise);
            }
        }
        return new String(text.toArray(), StandardCharsets.US_ASCII);
    }

    private static Exchange list(Args args) {
        if (args.count() == 2) {
            return session -> lines(session.host().sessions(session));
        }
        if (args.isWord(2, "TYPE") && args.count() == 4) {
            ClientFilter.Kind kind = ClientFilter.Kind.of(args.textAt(3));
            return session -> lines(session.host().sessions(session).stream()
                    .filter(kind::includes)
                    .toList());
        }
        if (args.isWord(2, "ID") && args.count() > 3) {
            List<Long> ids = new ArrayList<>();
            for (int i = 3; i < args.count(); i++) {
                ids.add(args.longAt(i, BAD_CLIENT_ID));
            }
            return session -> lines(ids.stream()
                    .flatMap(id -> session.host().session(session, id).stream())
                    .toList());
        }
        throw Errors.syntax();
    }

    private static Reply lines(Collection<? extends Session> sessions) {
        String text = sessions.stream()
                .sorted(Comparator.comparingLong(Session::id))
                .map(session -> session.describe() + "\n")
                .collect(Collectors.joining());
        return new Reply.Verbatim("txt", Bytes.of(text));
    }

    private static Exchange kill(Args args) {
        if (args.count() == 3) {
            String address = args.textAt(2);
            ClientFilter filter = ClientFilter.at(address);
            return session -> filter.kill(session) > 0 ? Reply.OK : NO_SUCH_CLIENT;
        }
        ClientFilter filter = ClientFilter.parse(args, 2);
        return session -> Reply.Int.of(filter.kill(session));
    }

    private static Exchange replies(Args args) {
        ReplyMode mode = args.isWord(2, "ON")
                ? ReplyMode.ON
                : args.isWord(2, "OFF") ? ReplyMode.OFF : args.isWord(2, "SKIP") ? ReplyMode.SKIP : null;
        if (mode == null) {
            throw Errors.syntax();
        }
        return session -> {
            session.replies(mode);
            return Reply.OK;
        };
    }

    /** NO-EVICT and NO-TOUCH: nothing here is evicted, and no read makes a key look used. */
    private static Exchange onOrOff(Args args) {
        if (!args.isWord(2, "ON") && !args.isWord(2, "OFF")) {
            throw Errors.syntax();
        }
        return _ -> Reply.OK;
    }

    private static Reply clientHelp() {
        return Help.of(
                "CLIENT",
                "GETNAME",
                "    The name this connection was given.",
                "ID",
                "    The number of this connection, never used twice by a node.",
                "INFO",
                "    This connection's line of CLIENT LIST.",
                "KILL <ip:port>",
                "    Close the connection of that client.",
                "KILL <filter> <value> [<filter> <value> ...]",
                "    Close all connections that pass every filter:",
                "    ID, ADDR, LADDR, USER, TYPE, MAXAGE <seconds>, SKIPME (YES|NO; YES unless stated).",
                "LIST [ID <id> ...|TYPE (NORMAL|MASTER|REPLICA|PUBSUB)]",
                "    One line for each connection to this node.",
                "NO-EVICT (ON|OFF)",
                "    Accepted; no connection is closed to save memory.",
                "NO-TOUCH (ON|OFF)",
                "    Accepted; no read changes when a key was used last.",
                "REPLY (ON|OFF|SKIP)",
                "    Whether this connection is sent replies.",
                "SETINFO (LIB-NAME|LIB-VER) <value>",
                "    Say which client library this is.",
                "SETNAME <name>",
                "    Give this connection a name.");
    }
}
