// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.core.State;
import com.alipay.sofa.jraft.entity.PeerId;
import io.meridian.store.transport.PeerTransport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands one group's leadership to another voter, with no entry under way: on request, and to the voter that the operator
 * prefers.
 *
 * <p>Leadership never goes by force: this leader gives it away, to a voter that has its whole log. Safe for any thread.
 */
final class LeaderTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderTransfer.class);

    private final String group;
    private final String self;
    private final StoreTuning tuning;
    private final Batcher batcher;
    private final Node node;
    private final Supplier<String> leader;
    private final Optional<String> preferred;
    private final ToLongFunction<String> acknowledged;
    private final Preference preference;
    private final ReentrantLock oneAtATime = new ReentrantLock();

    /**
     * @param leader the node that is known to lead, empty for none
     * @param preferred the node that is to lead when it can; empty for none
     * @param acknowledged the highest index that the replica on a node is known to this leader to hold, 0 for none
     */
    LeaderTransfer(
            String group,
            String self,
            StoreTuning tuning,
            Batcher batcher,
            Node node,
            Supplier<String> leader,
            Optional<String> preferred,
            ToLongFunction<String> acknowledged) {
        this.group = group;
        this.self = self;
        this.tuning = tuning;
        this.batcher = batcher;
        this.node = node;
        this.leader = leader;
        this.preferred = preferred.filter(name -> !name.equals(self));
        this.acknowledged = acknowledged;
        this.preference = new Preference(tuning.electionTimeoutMillis() * 1_000_000L, System.nanoTime());
    }

    /** With each tick: begins to hand over to the preferred voter when that is due. Does not block. */
    void tick() {
        // During a try this node does not lead either, but no other one does.
        if (otherLeads()) {
            preference.restart();
        } else if (preferred.isPresent() && preference.isDue(keepsUp(preferred.get()), System.nanoTime())) {
            LOG.info("group {}: hands leadership to node {}, which the configuration prefers", group, preferred.get());
            // What is under way is waited for first, and JRaft gives up after one more.
            Duration patience = Duration.ofMillis(2L * tuning.electionTimeoutMillis());
            var _ = Thread.ofPlatform()
                    .daemon()
                    .name("meridian-store-transfer")
                    .start(() -> Batcher.complete(() -> to(preferred, patience)));
        }
    }

    private boolean otherLeads() {
        String now = leader.get();
        return !now.isEmpty() && !now.equals(self);
    }

    /** Whether this leader hears of the node within its lease, and the replica there has what this one had at the last tick. */
    private boolean keepsUp(String name) {
        try {
            if (!batcher.isLeading() || !node.listAlivePeers().contains(PeerTransport.peerId(name))) {
                return false;
            }
            long held = acknowledged.applyAsLong(name);
            return preference.keepsUp(held, node.getLastLogIndex());
        } catch (IllegalStateException leadsNoLonger) {
            return false;
        }
    }

    /**
     * Hands over to the node, to the best one when none is named; blocks until another leads, or has begun a term to lead in,
     * which it then returns true for, or the time is up. Bundles that come meanwhile fail as not applied.
     *
     * <p>A node that is closing hears of the term in the answer to its own message, and not of the leader: it takes no messages.
     */
    boolean to(Optional<String> name, Duration patience) {
        oneAtATime.lock();
        // During a transfer JRaft refuses proposals, and may take later ones when it fails: so none is under way.
        batcher.pause(true);
        try {
            return transfer(name, System.nanoTime() + patience.toNanos());
        } finally {
            batcher.pause(false);
            oneAtATime.unlock();
        }
    }

    private boolean transfer(Optional<String> name, long deadline) {
        while (batcher.isLeading() && !batcher.isInFlightEmpty() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(200_000);
        }
        if (!batcher.isLeading()) {
            return true;
        }
        Status status = batcher.isInFlightEmpty()
                ? node.transferLeadershipTo(name.map(PeerTransport::peerId).orElse(PeerId.ANY_PEER))
                : new Status(-1, "its entries are not applied in time");
        if (!status.isOk()) {
            LOG.warn("group {} keeps its leader: {}", group, status.getErrorMsg());
            return false;
        }
        while (System.nanoTime() - deadline < 0) {
            if (otherLeads() || node.getNodeState() == State.STATE_FOLLOWER) {
                return true;
            }
            LockSupport.parkNanos(500_000);
        }
        LOG.warn("group {} has no other leader in time", group);
        return false;
    }

    /** When the preferred voter has kept up long enough, and the last try was long enough ago. For one thread. */
    static final class Preference {
        /**
         * Election timeouts for which it must have kept up. For its first lease a new leader takes all voters for alive and level
         * with it, so less than one would say nothing; and one that has just failed or paused must not lead again at once.
         */
        private static final int KEPT_UP_TIMEOUTS = 4;
        /** Election timeouts between the first two tries, and twice as many each time after: each costs the group a pause. */
        private static final int PAUSE_TIMEOUTS = 20;

        private static final long PAUSE_NANOS_MAX = 3_600_000_000_000L;

        private final long keptUpNanos;
        private final long firstPauseNanos;
        private long pauseNanos;
        private long lastIndexBefore;
        private boolean keepsUp;
        private long keepsUpSince;
        private long triedNanos;

        Preference(long electionTimeoutNanos, long nowNanos) {
            keptUpNanos = KEPT_UP_TIMEOUTS * electionTimeoutNanos;
            firstPauseNanos = PAUSE_TIMEOUTS * electionTimeoutNanos;
            triedNanos = nowNanos - firstPauseNanos;
        }

        /** Another node leads: when this one does again, all is new. */
        void restart() {
            keepsUp = false;
            pauseNanos = 0;
        }

        /**
         * Whether a replica that holds this much lacks only what has come since the last call: what the group waits for during
         * the transfer is then no more than it writes from tick to tick, however large its entries are.
         *
         * @param heldIndex 0 for nothing known
         * @param lastIndex where the leader's log ends now
         */
        boolean keepsUp(long heldIndex, long lastIndex) {
            boolean hasAllButTheNewest = heldIndex > 0 && heldIndex >= lastIndexBefore;
            lastIndexBefore = lastIndex;
            return hasAllButTheNewest;
        }

        /** Whether to try now; counts as a try when it says so. */
        boolean isDue(boolean keepsUpNow, long nowNanos) {
            if (!keepsUp || !keepsUpNow) {
                keepsUpSince = nowNanos;
            }
            keepsUp = keepsUpNow;
            boolean due = keepsUpNow
                    && nowNanos - keepsUpSince >= keptUpNanos
                    && nowNanos - triedNanos >= Math.max(firstPauseNanos, pauseNanos);
            if (due) {
                triedNanos = nowNanos;
                pauseNanos = pauseNanos == 0 ? firstPauseNanos : Math.min(2 * pauseNanos, PAUSE_NANOS_MAX);
            }
            return due;
        }
    }
}
