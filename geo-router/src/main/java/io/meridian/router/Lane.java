// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that share one event loop, and what they send together: within one turn of the loop all writes to a group
 * become one bundle, and all replies to a connection one flush.
 *
 * <p>Everything here but {@link #run} happens on the loop's thread, so nothing needs a lock.
 */
public final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Router router;
    private final ScheduledExecutorService loop;
    private final long origin;
    private final @Nullable Outbox[] outboxes;
    // Reads that have asked somebody, in the order in which they did.
    private final Set<AwaitedRead> asking = new LinkedHashSet<>();
    private List<Runnable> ends = new ArrayList<>();
    private List<Runnable> ending = new ArrayList<>();
    private boolean endScheduled;
    private long turn;

    Lane(Router router, ScheduledExecutorService loop, long origin) {
        this.router = router;
        this.loop = loop;
        this.origin = origin;
        this.outboxes = new @Nullable Outbox[router.routes().size()];
    }

    /** A session for a new connection of this loop. */
    public RouterSession open(Frontend frontend, Connection connection) {
        return new RouterSession(router, this, frontend, connection);
    }

    /**
     * Runs the action when this turn of the loop ends: after all that was read in it was executed, or after all replies that
     * came with one bundle were handed out. An action added twice runs twice.
     */
    public void atTurnEnd(Runnable action) {
        ends.add(action);
        if (!endScheduled) {
            endScheduled = true;
            loop.execute(this::endTurn);
        }
    }

    /** Another number after each turn. */
    long turn() {
        return turn;
    }

    /** What was read at once from one connection has been taken: a turn is over also when nothing is left to do at its end. */
    public void readEnded() {
        turn++;
    }

    private void endTurn() {
        endScheduled = false;
        turn++;
        List<Runnable> actions = ends;
        ends = ending;
        ending = actions;
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException | Error failed) {
                // It is one connection's or one group's: the others' bundles and replies leave, and none twice.
                LOG.error("something failed at the end of a turn", failed);
            }
        }
        actions.clear();
    }

    /** Runs the action on the loop's thread; from any thread. */
    void run(Runnable action) {
        loop.execute(action);
    }

    void schedule(Runnable action, long delayMillis) {
        var _ = schedulable(action, delayMillis);
    }

    /** The same for an action that will most often be cancelled, and should then not be kept until its time. */
    Future<?> schedulable(Runnable action, long delayMillis) {
        return loop.schedule(action, delayMillis, TimeUnit.MILLISECONDS);
    }

    Outbox outbox(GroupRoute route) {
        Outbox outbox = outboxes[route.ordinal()];
        if (outbox == null) {
            outbox = new Outbox(router, this, route, origin);
            outboxes[route.ordinal()] = outbox;
        }
        return outbox;
    }

    /** From now on the read hears of changes of the leader, until it has its answer. */
    void asks(AwaitedRead read) {
        asking.add(read);
    }

    void answered(AwaitedRead read) {
        asking.remove(read);
    }

    /** The leader of a group changed, or may have. */
    void leaderChanged(GroupRoute route) {
        Outbox outbox = outboxes[route.ordinal()];
        if (outbox != null) {
            outbox.leaderChanged();
        }
        for (AwaitedRead read : List.copyOf(asking)) {
            // One before it may have been answered, and have let this one be answered too.
            if (asking.contains(read)) {
                read.leaderChanged(route);
            }
        }
    }
}
