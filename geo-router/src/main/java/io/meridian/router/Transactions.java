// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH of one session. For the lane's thread. */
final class Transactions {
    private final RouterSession session;
    private final Lane lane;
    private @Nullable Multi multi;
    private List<Transaction.Watch> watches = new ArrayList<>();
    private boolean settling;

    Transactions(RouterSession session, Lane lane) {
        this.session = session;
        this.lane = lane;
    }

    /** Whether a command runs at once although a transaction is open (server.c, processCommand). */
    static boolean controls(String name) {
        return switch (name) {
            case "EXEC", "DISCARD", "MULTI", "WATCH", "QUIT", "RESET" -> true;
            default -> false;
        };
    }

    /** Whether an EXEC is under way that may change the session: its SELECT holds for all commands behind it. */
    boolean isSettling() {
        return settling;
    }

    boolean isOpen() {
        return multi != null;
    }

    int size() {
        return multi == null ? 0 : multi.size();
    }

    int bytes() {
        return multi == null ? 0 : multi.bytes();
    }

    int watchCount() {
        return watches.size();
    }

    void add(Command command, Args args, int number) {
        java.util.Objects.requireNonNull(multi).add(command, args, number);
    }

    /** A command was refused: an open transaction will be discarded. */
    void spoil() {
        if (multi != null) {
            multi.spoil();
        }
    }

    void reset() {
        multi = null;
        watches = new ArrayList<>();
    }

    Reply begin() {
        if (multi != null) {
            return new Reply.Failure("ERR MULTI calls can not be nested");
        }
        multi = new Multi();
        return Reply.OK;
    }

    Reply discard() {
        if (multi == null) {
            return new Reply.Failure("ERR DISCARD without MULTI");
        }
        reset();
        return Reply.OK;
    }

    Reply exec() {
        Multi queued = multi;
        if (queued == null) {
            return new Reply.Failure("ERR EXEC without MULTI");
        }
        List<Transaction.Watch> watched = watches;
        reset();
        if (queued.isSpoiled()) {
            return new Reply.Failure("EXECABORT Transaction discarded because of previous errors.");
        }
        Transaction transaction = queued.transaction(watched);
        if (transaction.commands().isEmpty() && watched.isEmpty()) {
            return queued.merge(Reply.EMPTY_ARRAY, session);
        }
        if (!queued.hasWrites() && watched.isEmpty() && session.canReadHere()) {
            return queued.merge(session.local(session.home(), queued.query()), session);
        }
        CompletableFuture<Reply> later = new CompletableFuture<>();
        settling = queued.hasLocals();
        session.submit(transaction, queued.bytes(), reply -> {
            settling = false;
            later.complete(queued.merge(reply, session));
        });
        return new Reply.Deferred(later);
    }

    Reply watch(List<Bytes> keys) {
        if (multi != null) {
            return new Reply.Failure("ERR WATCH inside MULTI is not allowed");
        }
        List<Bytes> kept = keys.stream().map(Bytes::copy).toList();
        int number = session.selected();
        Replica replica = session.home().replica();
        // Forgotten meanwhile (DISCARD, RESET), it is added to where nobody looks.
        List<Transaction.Watch> into = watches;
        CompletableFuture<Reply> later = new CompletableFuture<>();
        // The versions of a replica below the floor would make EXEC fail for writes of our own.
        replica.whenApplied(
                session.floor(session.home()), () -> lane.run(() -> later.complete(note(replica, kept, number, into))));
        return new Reply.Deferred(later);
    }

    private Reply note(Replica replica, List<Bytes> keys, int number, List<Transaction.Watch> into) {
        Query versions = view -> new Reply.Array(keys.stream()
                .<Reply>map(key -> new Reply.Int(view.versionOf(key)))
                .toList());
        Reply reply = replica.read(session.databaseId(), number, versions);
        if (!(reply instanceof Reply.Array array)) {
            return reply;
        }
        for (int i = 0; i < keys.size(); i++) {
            if (array.items().get(i) instanceof Reply.Int version) {
                into.add(new Transaction.Watch(number, keys.get(i), version.value()));
            }
        }
        return Reply.OK;
    }

    Reply unwatch() {
        watches = new ArrayList<>();
        return Reply.OK;
    }
}
