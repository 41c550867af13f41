// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.command.Family.TRANSACTIONS;
import static io.meridian.engine.command.Flag.ALLOW_BUSY;
import static io.meridian.engine.command.Flag.FAST;
import static io.meridian.engine.command.Flag.LOADING;
import static io.meridian.engine.command.Flag.NOSCRIPT;
import static io.meridian.engine.command.Flag.SKIP_SLOWLOG;
import static io.meridian.engine.command.Flag.STALE;
import static io.meridian.engine.command.KeySpec.keys;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.command.Command.Exchange;
import java.util.ArrayList;
import java.util.List;

/** Commands that make one entry of many commands; the session queues them, the group runs them. */
final class TransactionCommands {
    private static final Flag[] QUICK = {NOSCRIPT, LOADING, STALE, FAST, ALLOW_BUSY};

    static final List<Command> ALL = List.of(
            TRANSACTIONS.local("MULTI", 1, "1.2.0", _ -> Session::multi, QUICK),
            TRANSACTIONS.local("EXEC", 1, "1.2.0", _ -> Session::exec, NOSCRIPT, LOADING, STALE, SKIP_SLOWLOG),
            TRANSACTIONS.local("DISCARD", 1, "2.0.0", _ -> Session::discard, QUICK),
            TRANSACTIONS.local("WATCH", -2, keys(1, -1, 1), "2.2.0", TransactionCommands::watch, QUICK),
            TRANSACTIONS.local("UNWATCH", 1, "2.2.0", _ -> Session::unwatch, QUICK));

    private TransactionCommands() {}

    private static Exchange watch(Args args) {
        List<Bytes> keys = new ArrayList<>(args.count() - 1);
        for (int i = 1; i < args.count(); i++) {
            // Watched keys outlive the command.
            keys.add(args.bytesAt(i).copy());
        }
        return session -> session.watch(keys);
    }
}
