// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Transaction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one lane sends to one group: an ordered stream of bundles that survives changes of the leader.
 *
 * <p>Bundles are sent as they fill, several under way at once. When one fails, nothing more is sent until every bundle under
 * way has come back; then all that have no answer for their clients are sent again, in their order, with a higher attempt
 * number. The group refuses what comes late from an older attempt and answers a bundle it has applied already from its
 * table of replies (Raft dissertation §6.3): so each is applied at most once, and never out of the order in which its commands
 * came.
 *
 * <p>All on the lane's thread.
 */
final class Outbox {
    /** Beyond this the lane's connections are not read from: room for a few full entries, but for single large commands. */
    private static final long BYTES_MAX = 8L << 20;

    private static final int COMMANDS_MAX = 65_536;
    private static final long RETRY_MILLIS = 20;
    private static final long TICK_MILLIS = 100;

    private final Router router;
    private final Lane lane;
    private final GroupRoute route;
    private final long origin;
    private final ArrayDeque<Flight> flights = new ArrayDeque<>();
    private final List<RouterSession> stalled = new ArrayList<>();
    private @Nullable Flight open;
    private boolean flushScheduled;
    private long sequence;
    private int attempt;
    // While broken nothing is sent: bundles under way are waited for, then all are sent again.
    private boolean broken;
    // Where the bundles under way were sent.
    private String towards = "";
    private boolean retryScheduled;
    private boolean ticking;
    private long bytes;
    private int commands;

    Outbox(Router router, Lane lane, GroupRoute route, long origin) {
        this.router = router;
        this.lane = lane;
        this.route = route;
        this.origin = origin;
    }

    /** A bundle with those who wait for its replies. */
    private static final class Flight {
        final Bundle bundle;
        final List<RouterSession> sessions = new ArrayList<>();
        final List<ReplySink> sinks = new ArrayList<>();
        final List<Args> reads = new ArrayList<>();
        // Who reads, by their places among the sinks.
        final BitSet reading = new BitSet();
        final long deadlineNanos;
        String sentTo = "";
        // Raised with each sending and with each answer: an answer that carries an older number is not listened to.
        int ticket;
        boolean underWay;
        boolean maybeApplied;
        // What the node that was asked last said.
        String reason = "";
        long bytes;

        Flight(Bundle bundle, long deadlineNanos) {
            this.bundle = bundle;
            this.deadlineNanos = deadlineNanos;
        }

        /** Whether what is there read, for its reply: an EXEC that a watch kept from running did not. */
        boolean hasRead(int place, Reply reply) {
            boolean isExec = bundle.items().get(place).query() == null;
            return reading.get(place) && (!isExec || reply instanceof Reply.Array);
        }

        /** Counts its reads' args too, which are sent along when the leader is another node. */
        boolean isFullFor(int size) {
            return bundle.size() >= Bundle.COMMANDS_MAX || (bundle.size() > 0 && bytes + size > Bundle.BYTES_MAX);
        }
    }

    boolean isCongested() {
        return bytes > BYTES_MAX || commands > COMMANDS_MAX;
    }

    /** Resumes the session once there is room again. */
    void stall(RouterSession session) {
        stalled.add(session);
    }

    /** Gives the bundle that it went into, see {@link #isOpen}. */
    long write(RouterSession session, ReplySink sink, int database, int number, Args args) {
        int size = sizeOf(args);
        Flight flight = flightFor(size);
        flight.bundle.write(database, number, args);
        join(flight, session, sink, size);
        return flight.bundle.sequence();
    }

    long transaction(
            RouterSession session, ReplySink sink, int database, Transaction transaction, int size, boolean hasReads) {
        Flight flight = flightFor(size);
        flight.bundle.transaction(database, transaction);
        flight.reading.set(flight.sinks.size(), hasReads);
        join(flight, session, sink, size);
        return flight.bundle.sequence();
    }

    /** A read that rides: after what was written before it, on the leader. The args must stay as they are. */
    void read(RouterSession session, ReplySink sink, int database, int number, Query query, Args args) {
        int size = sizeOf(args);
        Flight flight = flightFor(size);
        flight.bundle.read(database, number, query);
        flight.reads.add(args);
        flight.reading.set(flight.sinks.size());
        join(flight, session, sink, size);
    }

    /** Whether a read taken now goes into this bundle, too. */
    boolean isOpen(long sequence, Args args) {
        return open != null && open.bundle.sequence() == sequence && !open.isFullFor(sizeOf(args));
    }

    private static int sizeOf(Args args) {
        return args.byteCount() + 8 + 5 * args.count();
    }

    private Flight flightFor(int size) {
        Flight flight = open;
        if (flight != null && flight.isFullFor(size)) {
            flush();
            flight = null;
        }
        if (flight == null) {
            flight = new Flight(new Bundle(origin, ++sequence), router.nanos() + router.requestTimeoutNanos());
            open = flight;
            if (!flushScheduled) {
                flushScheduled = true;
                lane.atTurnEnd(this::flushAtTurnEnd);
            }
        }
        return flight;
    }

    private void join(Flight flight, RouterSession session, ReplySink sink, int size) {
        flight.sessions.add(session);
        flight.sinks.add(sink);
        flight.bytes += size;
        bytes += size;
        commands++;
    }

    private void flushAtTurnEnd() {
        flushScheduled = false;
        flush();
    }

    private void flush() {
        Flight flight = open;
        if (flight == null) {
            return;
        }
        open = null;
        flights.add(flight);
        if (!ticking) {
            ticking = true;
            lane.schedule(this::tick, TICK_MILLIS);
        }
        if (!broken) {
            send(flight);
        }
    }

    private void send(Flight flight) {
        String target = route.leader().orElse("");
        if (target.isEmpty()) {
            fail();
            return;
        }
        if (!target.equals(towards) && isAnyUnderWay()) {
            // What is under way to another node may fail there: nothing must be applied before that is known.
            fail();
            return;
        }
        towards = target;
        flight.bundle.attempt(attempt);
        flight.bundle.ackedBelow(flights.getFirst().bundle.sequence());
        flight.sentTo = target;
        flight.underWay = true;
        int ticket = ++flight.ticket;
        Landing landing = new Landing(flight, ticket, target);
        if (target.equals(router.self())) {
            route.replica().submit(flight.bundle, landing);
        } else {
            router.peers().submit(target, route.name(), flight.bundle, flight.reads, landing);
        }
    }

    /** Brings an answer back to the lane's thread. */
    private final class Landing implements Peers.ForwardCompletion {
        private final Flight flight;
        private final int ticket;
        private final String target;
        // Set on the thread that then brings the answer.
        private boolean isRedirected;

        Landing(Flight flight, int ticket, String target) {
            this.flight = flight;
            this.ticket = ticket;
            this.target = target;
        }

        @Override
        public void applied(Reply[] replies, long incarnation, long index) {
            lane.run(() -> Outbox.this.applied(flight, ticket, replies, incarnation, index));
        }

        @Override
        public void failed(Bundle.Outcome outcome, String reason) {
            lane.run(() -> Outbox.this.failed(flight, ticket, outcome, reason, target, isRedirected));
        }

        @Override
        public void leaderIs(String node) {
            isRedirected = true;
            route.redirected(target, node);
        }
    }

    private void applied(Flight flight, int ticket, Reply[] replies, long incarnation, long index) {
        if (flight.ticket != ticket) {
            return;
        }
        // It has been answered: the same answer coming again counts nothing twice.
        flight.ticket++;
        flight.underWay = false;
        remove(flight);
        for (int i = 0; i < replies.length; i++) {
            RouterSession session = flight.sessions.get(i);
            if (flight.hasRead(i, replies[i])) {
                session.rode(replies[i], route, flight.sentTo, index, flight.bundle.writes() > 0);
            }
            session.acknowledged(route, incarnation, index);
            flight.sinks.get(i).reply(replies[i]);
        }
        settle();
    }

    private void failed(
            Flight flight, int ticket, Bundle.Outcome outcome, String reason, String target, boolean isRedirected) {
        if (flight.ticket != ticket) {
            return;
        }
        flight.ticket++;
        flight.underWay = false;
        if (outcome == Bundle.Outcome.TAKES_NO_WRITES && !flight.maybeApplied) {
            // Others of this attempt are refused with it: what its clients send at its answer waits for the next.
            fail();
            Reply.Failure failure = Outcomes.takesNoWrites(route.name(), reason);
            giveUp(flight, failure, failure);
            return;
        }
        flight.maybeApplied |= outcome == Bundle.Outcome.UNKNOWN;
        flight.reason = reason;
        if (route.replica().leader().isEmpty()) {
            boolean isCurrent = target.equals(route.leader().orElse(""));
            if (isRedirected && !isCurrent) {
                // The node that we asked named another one: no need to wait.
                broken = true;
                resendIfQuiet();
                return;
            }
            if (isCurrent) {
                // Once for all bundles that failed there: each of them would take the next voter.
                route.askAnother(router.self());
            }
        }
        fail();
    }

    private void fail() {
        broken = true;
        if (!retryScheduled) {
            retryScheduled = true;
            lane.schedule(
                    () -> {
                        retryScheduled = false;
                        resendIfQuiet();
                    },
                    RETRY_MILLIS);
        }
    }

    /** Bundles sent to a node that leads no longer will not be answered in time: they are given up there. */
    void leaderChanged() {
        String leader = route.leader().orElse("");
        if (leader.isEmpty()) {
            return;
        }
        for (Flight flight : flights) {
            if (flight.underWay && !flight.sentTo.equals(leader)) {
                flight.ticket++;
                flight.underWay = false;
                flight.maybeApplied = true;
                broken = true;
            }
        }
        resendIfQuiet();
    }

    private void resendIfQuiet() {
        if (!broken) {
            return;
        }
        if (isAnyUnderWay()) {
            return;
        }
        broken = false;
        attempt++;
        for (Flight flight : List.copyOf(flights)) {
            if (broken) {
                return;
            }
            send(flight);
        }
    }

    private boolean isAnyUnderWay() {
        for (Flight flight : flights) {
            if (flight.underWay) {
                return true;
            }
        }
        return false;
    }

    private void tick() {
        long now = router.nanos();
        for (Flight flight : List.copyOf(flights)) {
            if (now - flight.deadlineNanos >= 0) {
                expire(flight);
            }
        }
        ticking = !flights.isEmpty();
        if (ticking) {
            lane.schedule(this::tick, TICK_MILLIS);
        }
        resendIfQuiet();
    }

    private void expire(Flight flight) {
        flight.ticket++;
        boolean unknown = flight.maybeApplied || flight.underWay;
        if (flight.underWay) {
            // Others behind it may be stuck on the same way: they are sent again, and it is not.
            broken = true;
        }
        Reply.Failure noLeader = Outcomes.noLeader(route.name(), flight.reason);
        giveUp(flight, unknown ? Outcomes.unknown(route.name()) : noLeader, noLeader);
    }

    /** Sends it no more: its writes have one error for an answer, its reads, which read nothing, another. */
    private void giveUp(Flight flight, Reply.Failure ofWrites, Reply.Failure ofReads) {
        remove(flight);
        for (int i = 0; i < flight.sinks.size(); i++) {
            flight.sessions.get(i).gaveUp();
            boolean isRead = flight.bundle.items().get(i).query() != null;
            flight.sinks.get(i).reply(isRead ? ofReads : ofWrites);
        }
        settle();
    }

    private void remove(Flight flight) {
        // Almost always the first: replies come in the order of the log.
        if (flights.peekFirst() == flight) {
            flights.removeFirst();
        } else {
            flights.remove(flight);
        }
        bytes -= flight.bytes;
        commands -= flight.sinks.size();
    }

    private void settle() {
        if (broken) {
            resendIfQuiet();
        }
        if (!stalled.isEmpty() && !isCongested()) {
            List<RouterSession> waiting = List.copyOf(stalled);
            stalled.clear();
            for (RouterSession session : waiting) {
                session.resume();
            }
        }
    }
}
