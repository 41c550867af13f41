// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
import java.util.ArrayDeque;

/** The reads of one session: where each runs, and what it was shown. For the lane's thread. */
final class Reads {
    /** As many reads of one session wait for a replica or another node at a time; beyond them its next command does. */
    private static final int WAITING_MAX = 1024;

    private final RouterSession session;
    private final Router router;
    private final Lane lane;
    private final Floors floors;
    private final LastRead last = new LastRead();
    private Consistency level = Consistency.SESSION;
    // In the order of the commands, some of them answered while one before them is not.
    private final ArrayDeque<AwaitedRead> waiting = new ArrayDeque<>();

    Reads(RouterSession session, Router router, Lane lane, Floors floors) {
        this.session = session;
        this.router = router;
        this.lane = lane;
        this.floors = floors;
    }

    Consistency level() {
        return level;
    }

    void level(Consistency to) {
        level = to;
    }

    LastRead last() {
        return last;
    }

    /** How many have not been answered. */
    int waiting() {
        return waiting.size();
    }

    /** Takes a read that follows no write under way; false when too many wait already. */
    boolean take(Command.Read read, Args args, GroupRoute from, ReplySink sink) {
        // A read before it that waits may be answered from a fresher replica: this one must not be shown less.
        boolean isNext = waiting.isEmpty() || level.level() == Level.EVENTUAL;
        if (isNext && canReadHere(from, level)) {
            sink.reply(here(from, read.parser().parse(args)));
            return true;
        }
        if (waiting.size() >= WAITING_MAX) {
            return false;
        }
        Args kept = args.retained();
        Query query = read.parser().parse(kept);
        AwaitedRead awaited = new AwaitedRead(
                this,
                router,
                lane,
                new AwaitedRead.Wanted(from, level, session.databaseId(), session.selected(), query, kept, sink));
        waiting.add(awaited);
        awaited.start();
        return true;
    }

    /**
     * One that waited has its answer: hands out those that are next, in the order of the commands.
     *
     * <p>Reads are under way together, but what one is shown is not older than what those before it were: else it reads again.
     */
    void answered() {
        AwaitedRead first = waiting.peek();
        while (first != null) {
            AwaitedRead.Answer answer = first.answer();
            if (answer == null) {
                return;
            }
            if (isOvertaken(first.wanted(), answer)) {
                first.start();
                return;
            }
            waiting.remove();
            give(first.wanted(), answer);
            first = waiting.peek();
        }
        session.readsEnded();
    }

    /** Whether the floor has risen, since the read was tried, above what it was shown. */
    private boolean isOvertaken(AwaitedRead.Wanted wanted, AwaitedRead.Answer answer) {
        Replica.Shown shown = answer.shown();
        long floor = floors.index(wanted.route());
        if (shown == null || wanted.level().level() == Level.EVENTUAL || floor == answer.floor()) {
            return false;
        }
        return floors.incarnation(wanted.route()) == shown.incarnation() && shown.index() < floor;
    }

    private void give(AwaitedRead.Wanted wanted, AwaitedRead.Answer answer) {
        Replica.Shown shown = answer.shown();
        if (shown != null) {
            floors.raise(wanted.route(), shown.incarnation(), shown.index());
            last.served(
                    answer.reply(),
                    answer.region(),
                    answer.node(),
                    wanted.level(),
                    shown.index(),
                    shown.stalenessMillis());
        }
        wanted.sink().reply(answer.reply());
    }

    /** Whether a read of the session's level may be answered by this node's replica now. */
    boolean canReadHere(GroupRoute from) {
        return canReadHere(from, level);
    }

    boolean canReadHere(GroupRoute from, Consistency at) {
        Replica replica = from.replica();
        return at.level() != Level.LINEARIZABLE
                && replica.isServing()
                && (at.level() == Level.EVENTUAL || floor(from) <= replica.appliedIndex());
    }

    /** Reads here and now. */
    Reply here(GroupRoute from, Query query) {
        Replica replica = from.replica();
        // Before the read: after it, it may be less old than what was read.
        long staleness = replica.stalenessMillis();
        Reply reply = ask(replica, session.databaseId(), session.selected(), query);
        long seen = replica.visibleIndex();
        floors.raise(from, replica.incarnation(), seen);
        last.served(reply, router.region(), router.self(), level, seen, staleness);
        return reply;
    }

    /** The query's reply, or its refusal. */
    static Reply ask(Replica replica, int databaseId, int number, Query query) {
        try {
            return replica.read(databaseId, number, query);
        } catch (CommandException refused) {
            return refused.reply();
        }
    }

    Floors floors() {
        return floors;
    }

    long floor(GroupRoute from) {
        return floors.of(from);
    }
}
