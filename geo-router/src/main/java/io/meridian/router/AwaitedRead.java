// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.router.topology.Consistency;
import io.meridian.router.topology.Consistency.Level;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A read that cannot be answered at once: it waits until this node's replica is fresh, or goes home.
 *
 * <p>It is tried again until its deadline, because a read that failed read nothing. All on the lane's thread.
 */
final class AwaitedRead {
    private static final long RETRY_MILLIS = 20;

    private final Reads reads;
    private final Router router;
    private final Lane lane;
    private final Wanted wanted;
    private final GroupRoute route;
    private @Nullable Answer answer;
    private @Nullable Future<?> expiry;
    private @Nullable Future<?> patience;
    private @Nullable Runnable forget;
    // Raised with each attempt at home: what an older one's failure brings is not listened to.
    private int attempt;
    // The node that the last attempt asked; empty where it asked none.
    private String asked = "";

    /**
     * What is to be read.
     *
     * @param args the command line of the query; stays as it is
     * @param sink takes the reply once it is this read's turn
     */
    record Wanted(
            GroupRoute route, Consistency level, int databaseId, int number, Query query, Args args, ReplySink sink) {
        boolean isLinearizable() {
            return level.level() == Level.LINEARIZABLE;
        }
    }

    /**
     * What the read was given.
     *
     * @param shown null when nothing was read
     * @param floor the session's when the read was tried
     */
    record Answer(Reply reply, String region, String node, Replica.@Nullable Shown shown, long floor) {}

    AwaitedRead(Reads reads, Router router, Lane lane, Wanted wanted) {
        this.reads = reads;
        this.router = router;
        this.lane = lane;
        this.wanted = wanted;
        this.route = wanted.route();
    }

    Wanted wanted() {
        return wanted;
    }

    /** Null while there is none. */
    @Nullable
    Answer answer() {
        return answer;
    }

    /** Begins, or begins anew when what it was given was too old after all. */
    void start() {
        answer = null;
        attempt++;
        expiry = lane.schedulable(this::expire, Math.max(1, router.requestTimeoutNanos() / 1_000_000));
        if (reads.canReadHere(route, wanted.level())) {
            readHere();
        } else if (wanted.isLinearizable() || !route.replica().isServing()) {
            goHome();
        } else {
            int ticket = attempt;
            patience = lane.schedulable(() -> loseHope(ticket), router.patienceMillis());
            waitHere();
        }
    }

    private void waitHere() {
        forget = route.replica().whenApplied(reads.floor(route), () -> lane.run(this::arrived));
    }

    /** What was waited for is applied here; a read before this one may have raised the floor since. */
    private void arrived() {
        if (answer == null) {
            if (reads.canReadHere(route, wanted.level())) {
                readHere();
            } else if (route.replica().isServing()) {
                waitHere();
            }
        }
    }

    /** Nothing is waited for any more: many reads a second must not leave their timers behind. */
    private void finish(Answer given) {
        answer = given;
        lane.answered(this);
        if (expiry != null) {
            expiry.cancel(false);
        }
        if (patience != null) {
            patience.cancel(false);
        }
        if (forget != null) {
            forget.run();
        }
        reads.answered();
    }

    private void readHere() {
        Replica replica = route.replica();
        long floor = reads.floors().index(route);
        // Before the read: after it, it may be less old than what was read.
        long staleness = replica.stalenessMillis();
        Reply reply = Reads.ask(replica, wanted.databaseId(), wanted.number(), wanted.query());
        Replica.Shown shown = new Replica.Shown(replica.incarnation(), replica.visibleIndex(), staleness);
        finish(new Answer(reply, router.region(), router.self(), shown, floor));
    }

    /** The patience is over: the leader has applied the floor, or soon will have. */
    private void loseHope(int ticket) {
        if (answer == null && attempt == ticket) {
            goHome();
        }
    }

    /** A node that leads no longer may never answer; one that does all the same is listened to. */
    void leaderChanged(GroupRoute changed) {
        if (changed == route && !route.leader().orElse(asked).equals(asked)) {
            goHome();
        }
    }

    private void goHome() {
        // This node may have become fresh, or begun to serve or to lead, since it was looked at.
        if (reads.canReadHere(route, wanted.level())) {
            readHere();
            return;
        }
        int ticket = ++attempt;
        String target = route.leader().orElse("");
        long floor = reads.floors().index(route);
        asked = target;
        lane.asks(this);
        if (target.isEmpty()) {
            retry(ticket);
        } else if (!target.equals(router.self())) {
            router.peers()
                    .read(
                            target,
                            new Peers.ForwardedRead(
                                    route.name(),
                                    wanted.databaseId(),
                                    wanted.number(),
                                    wanted.isLinearizable(),
                                    reads.floors().index(route),
                                    reads.floors().incarnation(route),
                                    wanted.args()),
                            new Landing(ticket, target, floor));
        } else if (wanted.isLinearizable()) {
            route.replica()
                    .readLinearizable(
                            wanted.databaseId(),
                            wanted.number(),
                            wanted.query(),
                            lane::run,
                            new Landing(ticket, target, floor) {
                                @Override
                                public void done(Reply reply, Replica.Shown shown) {
                                    landed(reply, shown);
                                }
                            });
        } else {
            // We lead, and a session's floor is committed: it will be applied here.
            retry(ticket);
        }
    }

    private class Landing implements Replica.ReadCompletion {
        private final int ticket;
        private final String target;
        private final long floor;

        Landing(int ticket, String target, long floor) {
            this.ticket = ticket;
            this.target = target;
            this.floor = floor;
        }

        @Override
        public void done(Reply reply, Replica.Shown shown) {
            lane.run(() -> landed(reply, shown));
        }

        final void landed(Reply reply, Replica.Shown shown) {
            if (answer == null) {
                finish(new Answer(reply, route.homeRegion(), target, shown, floor));
            }
        }

        @Override
        public void failed(String reason) {
            lane.run(() -> retry(ticket));
        }
    }

    private void retry(int ticket) {
        if (answer == null && ticket == attempt) {
            if (route.replica().leader().isEmpty()) {
                route.askAnother(router.self());
            }
            lane.schedule(
                    () -> {
                        if (answer == null && ticket == attempt) {
                            goHome();
                        }
                    },
                    RETRY_MILLIS);
        }
    }

    private void expire() {
        if (answer == null) {
            finish(new Answer(Outcomes.noLeader(route.name()), "", "", null, 0));
        }
    }
}
