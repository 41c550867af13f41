// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.MERIDIAN;
import static io.meridian.engine.command.Flag.ADMIN;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.NOSCRIPT;
import static io.meridian.engine.command.Flag.NO_MULTI;
import static io.meridian.engine.command.Flag.STALE;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Exchange;
import java.util.ArrayList;
import java.util.List;

/** What Redis has no commands for: what reads are promised, session tokens, digests. */
final class MeridianCommands {
    // Redis has no version that brought these: the first of ours.
    private static final String SINCE = "0.1.0";

    static final List<Command> ALL = List.of(
            MERIDIAN.container("MERIDIAN", SINCE),
            MERIDIAN.local("MERIDIAN|CONSISTENCY", -2, SINCE, MeridianCommands::consistency, NOSCRIPT, STALE, FAST),
            MERIDIAN.local("MERIDIAN|TOKEN", 2, SINCE, _ -> Session::token, NOSCRIPT, STALE, FAST),
            MERIDIAN.local("MERIDIAN|SYNC", -3, SINCE, MeridianCommands::sync, NOSCRIPT, NO_MULTI),
            MERIDIAN.local("MERIDIAN|LAST", 2, SINCE, _ -> Session::last, NOSCRIPT, STALE, FAST),
            MERIDIAN.local("MERIDIAN|DIGEST", 2, SINCE, _ -> s -> s.host().digests(), ADMIN, NOSCRIPT),
            MERIDIAN.local("MERIDIAN|HELP", 2, SINCE, _ -> _ -> help(), LOADING, STALE));

    private MeridianCommands() {}

    private static Exchange consistency(Args args) {
        List<Bytes> words = new ArrayList<>();
        for (int i = 2; i < args.count(); i++) {
            words.add(args.bytesAt(i));
        }
        return session -> session.consistency(words);
    }

    private static Exchange sync(Args args) {
        if (args.count() > 4) {
            throw new CommandException(Errors.wrongArity("MERIDIAN|SYNC"));
        }
        Bytes token = args.bytesAt(2).copy();
        long timeoutMillis = args.count() == 4 ? ServerCommands.timeoutAt(args, 3) : 0;
        return session -> session.sync(token, timeoutMillis);
    }

    private static Reply help() {
        return Help.of(
                "MERIDIAN",
                "CONSISTENCY [<level>]",
                "    What this connection's reads are promised: eventual, session or linearizable.",
                "TOKEN",
                "    The session token: covers what this connection wrote and read so far.",
                "SYNC <token> [<timeout-ms>]",
                "    Take over a token, and wait until this node shows what it covers.",
                "LAST",
                "    What the last read was given: region, node, level, index and staleness.",
                "DIGEST",
                "    Each group of this node with its applied index and the digest of its keyspace there.");
    }
}
