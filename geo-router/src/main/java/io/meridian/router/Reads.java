// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;

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
    private int waiting;

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
        return waiting;
    }

    /** Takes a read that follows no write under way; false when too many wait already. */
    boolean take(Command.Read read, Args args, GroupRoute from, ReplySink sink) {
        if (canReadHere(from)) {
            sink.reply(here(from, read.parser().parse(args)));
            return true;
        }
        if (waiting >= WAITING_MAX) {
            return false;
        }
        Args kept = args.retained();
        Query query = read.parser().parse(kept);
        waiting++;
        new AwaitedRead(
                        this,
                        router,
                        lane,
                        from,
                        level,
                        session.selected(),
                        session.databaseId(),
                        query,
                        kept,
                        (reply, shown) -> {
                            waiting--;
                            saw(from, shown);
                            sink.reply(reply);
                            session.readEnded();
                        })
                .start();
        return true;
    }

    /** Whether a read may be answered by this node's replica now. */
    boolean canReadHere(GroupRoute from) {
        Replica replica = from.replica();
        return level.level() != Level.LINEARIZABLE
                && replica.isServing()
                && (level.level() == Level.EVENTUAL || floor(from) <= replica.appliedIndex());
    }

    /** Reads here and now. */
    Reply here(GroupRoute from, Query query) {
        Replica replica = from.replica();
        // Before the read: after it, it may be less old than what was read.
        long staleness = replica.stalenessMillis();
        Reply reply;
        try {
            reply = replica.read(session.databaseId(), session.selected(), query);
        } catch (CommandException refused) {
            reply = refused.reply();
        }
        long seen = replica.visibleIndex();
        floors.raise(from, replica.incarnation(), seen);
        served(router.region(), router.self(), level, seen, staleness);
        return reply;
    }

    void served(String region, String node, Consistency by, long index, long stalenessMillis) {
        last.served(region, node, by, index, stalenessMillis);
    }

    private void saw(GroupRoute from, Replica.Shown shown) {
        floors.raise(from, shown.incarnation(), shown.index());
    }

    Floors floors() {
        return floors;
    }

    long floor(GroupRoute from) {
        return floors.of(from);
    }
}
