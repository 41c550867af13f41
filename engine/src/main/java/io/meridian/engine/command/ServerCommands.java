// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.SERVER;
import static io.meridian.engine.command.Flag.ADMIN;
import static io.meridian.engine.command.Flag.DANGEROUS;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.NOSCRIPT;
import static io.meridian.engine.command.Flag.STALE;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Glob;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Exchange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Commands on the node: its settings, its figures, its clock. */
final class ServerCommands {
    private static final Flag[] CONFIG = {ADMIN, NOSCRIPT, LOADING, STALE};

    static final List<Command> ALL = List.of(
            SERVER.local("INFO", -1, "1.0.0", ServerCommands::info, LOADING, STALE, DANGEROUS),
            SERVER.local("TIME", 1, "2.6.0", _ -> ServerCommands::time, LOADING, STALE, FAST),
            SERVER.local("ROLE", 1, "2.8.12", _ -> _ -> role(), NOSCRIPT, LOADING, STALE, FAST),
            SERVER.local("WAIT", 3, "3.0.0", ServerCommands::waitForRegions, NOSCRIPT),
            SERVER.container("CONFIG", "2.0.0"),
            SERVER.local("CONFIG|GET", -3, "2.0.0", ServerCommands::settings, CONFIG),
            SERVER.local("CONFIG|SET", -4, "2.0.0", ServerCommands::configure, CONFIG),
            SERVER.local("CONFIG|RESETSTAT", 2, "2.0.0", _ -> ServerCommands::resetCounters, CONFIG),
            SERVER.local("CONFIG|HELP", 2, "5.0.0", _ -> _ -> configHelp(), LOADING, STALE));

    private static final Reply.Failure BAD_TIMEOUT = new Reply.Failure("ERR timeout is not an integer or out of range");
    private static final Reply.Failure NEGATIVE_TIMEOUT = new Reply.Failure("ERR timeout is negative");

    private ServerCommands() {}

    private static Exchange info(Args args) {
        Set<String> wanted = new LinkedHashSet<>();
        for (int i = 1; i < args.count(); i++) {
            wanted.add(args.textAt(i).toLowerCase(Locale.ROOT));
        }
        return session -> {
            Map<String, List<String>> sections = session.host().info(session, wanted);
            String text = sections.entrySet().stream()
                    .map(section -> "# " + section.getKey() + "\r\n"
                            + section.getValue().stream()
                                    .map(line -> line + "\r\n")
                                    .collect(Collectors.joining()))
                    .collect(Collectors.joining("\r\n"));
            return new Reply.Verbatim("txt", Bytes.of(text));
        };
    }

    private static Reply time(Session session) {
        long micros = session.host().epochMicros();
        return new Reply.Array(List.of(
                Reply.Bulk.of(Long.toString(micros / 1_000_000)), Reply.Bulk.of(Long.toString(micros % 1_000_000))));
    }

    /** To a client every node is a master without replicas: it takes writes, whoever applies them. */
    private static Reply role() {
        return new Reply.Array(List.of(Reply.Bulk.of("master"), Reply.ZERO, Reply.EMPTY_ARRAY));
    }

    private static Exchange waitForRegions(Args args) {
        long count = args.longAt(1);
        long timeoutMillis = timeoutAt(args, 2);
        return session -> session.waitForRegions(count, timeoutMillis);
    }

    /** Milliseconds, 0 or more. */
    static long timeoutAt(Args args, int index) {
        long timeoutMillis = args.longAt(index, BAD_TIMEOUT);
        if (timeoutMillis < 0) {
            throw new CommandException(NEGATIVE_TIMEOUT);
        }
        return timeoutMillis;
    }

    private static Exchange settings(Args args) {
        List<Bytes> patterns = new ArrayList<>();
        for (int i = 2; i < args.count(); i++) {
            patterns.add(args.bytesAt(i));
        }
        return session -> {
            List<Reply> pairs = new ArrayList<>();
            session.host()
                    .settings()
                    .forEach((name, value) -> patterns.stream()
                            .filter(pattern -> Glob.matchesAnyCase(pattern, Bytes.of(name)))
                            .findFirst()
                            .ifPresent(pattern -> {
                                // Redis repeats a plain name as it was asked for.
                                pairs.add(isPlain(pattern) ? new Reply.Bulk(pattern) : Reply.Bulk.of(name));
                                pairs.add(Reply.Bulk.of(value));
                            }));
            return new Reply.Pairs(pairs);
        };
    }

    private static boolean isPlain(Bytes pattern) {
        for (int i = 0; i < pattern.length(); i++) {
            if ("[*?".indexOf(pattern.at(i)) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static Exchange configure(Args args) {
        if (args.count() % 2 != 0) {
            throw Errors.syntax();
        }
        Args kept = args.retained();
        return session -> {
            Map<String, String> known = session.host().settings();
            Map<String, String> changes = new LinkedHashMap<>();
            for (int i = 2; i < kept.count(); i += 2) {
                String name = kept.textAt(i).toLowerCase(Locale.ROOT);
                if (!known.containsKey(name)) {
                    return new Reply.Failure("ERR Unknown option or number of arguments for CONFIG SET - '"
                            + Errors.printable(kept.textAt(i)) + "'");
                }
                if (changes.put(name, kept.textAt(i + 1)) != null) {
                    return new Reply.Failure("ERR CONFIG SET failed (possibly related to argument '" + kept.textAt(i)
                            + "') - duplicate parameter");
                }
            }
            return session.host().configure(changes);
        };
    }

    private static Reply resetCounters(Session session) {
        session.host().resetCounters();
        return Reply.OK;
    }

    private static Reply configHelp() {
        return Help.of(
                "CONFIG",
                "GET <pattern> [<pattern> ...]",
                "    The settings whose names match a glob pattern, with their values.",
                "SET <name> <value> [<name> <value> ...]",
                "    Confirm settings of this node; a change is refused.",
                "RESETSTAT",
                "    Set the counters of INFO back to zero.");
    }
}
