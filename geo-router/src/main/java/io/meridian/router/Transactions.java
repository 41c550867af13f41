// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Transaction;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** MULTI, EXEC, DISCARD, WATCH and UNWATCH of one session. For the lane's thread. */
final class Transactions {
    private final RouterSession session;
    private final Router router;
    private final Lane lane;
    private @Nullable Multi multi;
    private Watched watched = new Watched();
    private boolean settling;
    private boolean running;

    Transactions(RouterSession session, Router router, Lane lane) {
        this.session = session;
        this.router = router;
        this.lane = lane;
    }

    /** The watched keys, each with the version that it had first: a key already watched is not watched again (multi.c, watchForKey). */
    private static final class Watched {
        private static final Comparator<Transaction.Watch> ORDER =
                Comparator.comparingInt(Transaction.Watch::number).thenComparing(Transaction.Watch::key);
        /** What a watched key is counted as in an entry, beside its bytes. */
        private static final int KEY_BYTES = 16;

        final NavigableSet<Transaction.Watch> watches = new TreeSet<>(ORDER);
        int bytes;

        boolean has(int number, Bytes key) {
            return watches.contains(new Transaction.Watch(number, key, 0));
        }

        void add(Transaction.Watch watch) {
            if (watches.add(watch)) {
                bytes += sizeOf(watch.key());
            }
        }

        static int sizeOf(Bytes key) {
            return KEY_BYTES + key.length();
        }
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

    /** Whether an EXEC's local commands run right now: none of them may be answered later. */
    boolean isRunning() {
        return running;
    }

    boolean isOpen() {
        return multi != null;
    }

    int size() {
        return multi == null ? 0 : multi.size();
    }

    int watchCount() {
        return watched.watches.size();
    }

    /** Queues a command; refuses it when the transaction would become too large. */
    void add(Command command, Args args, int number) {
        Multi queued = java.util.Objects.requireNonNull(multi);
        router.checkQueue(queued.size() + 1, 0, (long) watched.bytes + queued.bytes() + Multi.sizeOf(args));
        queued.add(command, args, number);
    }

    /** A command was refused: an open transaction will be discarded. */
    void spoil() {
        if (multi != null) {
            multi.spoil();
        }
    }

    void reset() {
        multi = null;
        watched = new Watched();
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
        Watched kept = watched;
        reset();
        if (queued.isSpoiled()) {
            return new Reply.Failure("EXECABORT Transaction discarded because of previous errors.");
        }
        Transaction transaction = queued.transaction(List.copyOf(kept.watches));
        if (transaction.commands().isEmpty() && kept.watches.isEmpty()) {
            return merge(queued, Reply.EMPTY_ARRAY);
        }
        if (!queued.hasWrites() && kept.watches.isEmpty() && session.canReadHere()) {
            return merge(queued, session.local(session.home(), queued.query()));
        }
        CompletableFuture<Reply> later = new CompletableFuture<>();
        settling = queued.hasLocals();
        session.submit(transaction, queued, queued.bytes() + kept.bytes, reply -> {
            settling = false;
            later.complete(merge(queued, reply));
        });
        return new Reply.Deferred(later);
    }

    private Reply merge(Multi queued, Reply fromGroup) {
        running = true;
        try {
            return queued.merge(fromGroup, session);
        } finally {
            running = false;
        }
    }

    Reply watch(List<Bytes> keys) {
        if (multi != null) {
            return new Reply.Failure("ERR WATCH inside MULTI is not allowed");
        }
        int number = session.selected();
        // Forgotten meanwhile (DISCARD, RESET), it is added to where nobody looks.
        Watched into = watched;
        NavigableSet<Bytes> added = new TreeSet<>();
        long bytes = into.bytes;
        for (Bytes key : keys) {
            if (!into.has(number, key) && !added.contains(key)) {
                bytes += Watched.sizeOf(key);
                router.checkQueue(0, into.watches.size() + added.size() + 1, bytes);
                added.add(key.copy());
            }
        }
        Replica replica = session.home().replica();
        // The versions of a replica below the floor would make EXEC fail for writes of our own.
        long floor = session.floor(session.home());
        if (floor <= replica.appliedIndex()) {
            return note(replica, List.copyOf(added), number, into);
        }
        CompletableFuture<Reply> later = new CompletableFuture<>();
        replica.whenApplied(
                floor,
                () -> lane.run(() -> {
                    if (!later.isDone()) {
                        later.complete(note(replica, List.copyOf(added), number, into));
                    }
                }));
        Future<?> expiry = lane.schedulable(
                () -> later.complete(Outcomes.notFresh(replica.group())), router.requestTimeoutNanos() / 1_000_000);
        return new Reply.Deferred(later.whenComplete((_, _) -> expiry.cancel(false)));
    }

    private Reply note(Replica replica, List<Bytes> keys, int number, Watched into) {
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
        watched = new Watched();
        return Reply.OK;
    }
}
