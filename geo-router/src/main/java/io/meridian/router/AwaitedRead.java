// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
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
    private final GroupRoute route;
    private final Consistency level;
    private final int number;
    private final int databaseId;
    private final Query query;
    private final Args args;
    private final Answer answer;
    private final long deadlineNanos;
    private boolean done;
    private @Nullable Future<?> expiry;
    private @Nullable Future<?> patience;
    // Raised with each attempt: what an older attempt brings is not listened to.
    private int attempt;

    /** Takes the reply and what the session has now seen; once. */
    interface Answer {
        void done(Reply reply, Replica.Shown shown);
    }

    AwaitedRead(
            Reads reads,
            Router router,
            Lane lane,
            GroupRoute route,
            Consistency level,
            int number,
            int databaseId,
            Query query,
            Args args,
            Answer answer) {
        this.reads = reads;
        this.router = router;
        this.lane = lane;
        this.route = route;
        this.level = level;
        this.number = number;
        this.databaseId = databaseId;
        this.query = query;
        this.args = args;
        this.answer = answer;
        this.deadlineNanos = System.nanoTime() + router.requestTimeoutNanos();
    }

    void start() {
        expiry = lane.schedulable(this::expire, Math.max(1, router.requestTimeoutNanos() / 1_000_000));
        if (level.level() == Level.LINEARIZABLE || !route.replica().isServing()) {
            goHome();
            return;
        }
        route.replica().whenApplied(reads.floor(route), () -> lane.run(this::readHere));
        patience = lane.schedulable(this::loseHope, router.patienceMillis());
    }

    /** Nothing is waited for any more: many reads a second must not leave their timers behind. */
    private void finish(Reply reply, Replica.Shown shown) {
        done = true;
        if (expiry != null) {
            expiry.cancel(false);
        }
        if (patience != null) {
            patience.cancel(false);
        }
        answer.done(reply, shown);
    }

    private void readHere() {
        if (!done && route.replica().isServing()) {
            Replica replica = route.replica();
            // Before the read: after it, it may be less old than what was read.
            long staleness = replica.stalenessMillis();
            Reply reply;
            try {
                reply = replica.read(databaseId, number, query);
            } catch (CommandException refused) {
                reply = refused.reply();
            }
            long seen = replica.visibleIndex();
            reads.served(router.region(), router.self(), level, seen, staleness);
            finish(reply, new Replica.Shown(replica.incarnation(), seen, staleness));
        }
    }

    /** The patience is over: the leader has applied the floor, or soon will have. */
    private void loseHope() {
        if (!done && attempt == 0) {
            goHome();
        }
    }

    private void goHome() {
        if (done) {
            return;
        }
        int ticket = ++attempt;
        String target = route.leader().orElse("");
        boolean linearizable = level.level() == Level.LINEARIZABLE;
        Replica.ReadCompletion landing = new Landing(ticket, target);
        if (target.isEmpty()) {
            retry(ticket);
        } else if (!target.equals(router.self())) {
            router.peers()
                    .read(
                            target,
                            new Peers.ForwardedRead(
                                    route.name(),
                                    databaseId,
                                    number,
                                    linearizable,
                                    reads.floors().index(route),
                                    reads.floors().incarnation(route),
                                    args),
                            landing);
        } else if (linearizable) {
            route.replica().readLinearizable(databaseId, number, query, landing);
        } else {
            // We lead, and a session's floor is committed: it will be applied here.
            retry(ticket);
        }
    }

    private final class Landing implements Replica.ReadCompletion {
        private final int ticket;
        private final String target;

        Landing(int ticket, String target) {
            this.ticket = ticket;
            this.target = target;
        }

        @Override
        public void done(Reply reply, Replica.Shown shown) {
            lane.run(() -> {
                if (!done) {
                    reads.served(route.homeRegion(), target, level, shown.index(), shown.stalenessMillis());
                    finish(reply, shown);
                }
            });
        }

        @Override
        public void failed(String reason) {
            lane.run(() -> retry(ticket));
        }
    }

    private void retry(int ticket) {
        if (!done && ticket == attempt) {
            if (route.replica().leader().isEmpty()) {
                route.askAnother(router.self());
            }
            lane.schedule(
                    () -> {
                        if (ticket == attempt) {
                            goHome();
                        }
                    },
                    RETRY_MILLIS);
        }
    }

    private void expire() {
        if (!done && System.nanoTime() - deadlineNanos >= 0) {
            finish(Outcomes.noLeader(route.name()), new Replica.Shown(0, 0, Long.MAX_VALUE));
        }
    }
}
