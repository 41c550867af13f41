// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.store.Proposal.Extra;
import io.meridian.store.Proposal.Waiting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers a leader's bundles into entries: the next entry is proposed when none is in flight, or as much waits as the last of
 * few in flight carries, with all that has come meanwhile.
 *
 * <p>Under load entries fill while others are in flight, and a moment longer where that pays ({@link Gathering}); alone a
 * bundle waits for nobody. Bundles are proposed in the order they came. When one fails, later ones of the same origin and
 * attempt are refused, so that none overtakes it.
 *
 * <p>Safe for any thread; the lock is never held while an entry is built or somebody is called.
 */
final class Batcher {
    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);
    private static final long NOT_LEADING = -1;
    private static final String OVERTAKING = "an earlier bundle failed";

    /** What the batcher needs of its replica. */
    interface Log {
        /** Builds the entry and hands it to Raft; its closure may be called from within. One call at a time. */
        void propose(Proposal proposal, long term);

        /** Runs a bundle that has only reads, and completes it. */
        void runReads(Waiting waiting);

        /** The entry was committed and applied. */
        void applied(Proposal proposal);

        /** Runs the action on another thread after so long, or not at all when the replica is closed before. */
        void later(long nanos, Runnable action);
    }

    private final StoreTuning tuning;
    private final ReplicaCounters counters;
    private final Log log;
    private final Gathering gathering;
    private final ReentrantLock lock = new ReentrantLock();
    private final Attempts attempts = new Attempts();

    // All guarded by the lock.
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    // Of the bundles in the queue.
    private int queuedCommands;
    private long queuedBytes;
    private final ArrayDeque<Proposal> inFlight = new ArrayDeque<>();
    private List<Runnable> afterExpiry = new ArrayList<>();
    // Until the group's first entry is applied, nothing else may be proposed.
    private boolean genesisDue;
    private boolean genesisInFlight;
    private boolean expiryDue;
    private boolean proposing;
    private boolean paused;
    // Whether somebody will look again at what gathers.
    private boolean alarmed;
    private @Nullable Refusal noWrites;

    // Written under the lock.
    private volatile long term = NOT_LEADING;
    private final AtomicLong waitingBytes = new AtomicLong();

    Batcher(StoreTuning tuning, ReplicaCounters counters, Log log, Gathering gathering) {
        this.tuning = tuning;
        this.counters = counters;
        this.log = log;
        this.gathering = gathering;
    }

    boolean isLeading() {
        return term != NOT_LEADING;
    }

    /** The term led now; negative when none is. */
    long term() {
        return term;
    }

    boolean isCongested() {
        return waitingBytes.get() > tuning.congestedBytes();
    }

    /** Bytes of bundles taken and not finished, with an estimate of what each costs beside. */
    long waitingBytes() {
        return waitingBytes.get();
    }

    /** Whether everything proposed has been answered for. */
    boolean isInFlightEmpty() {
        lock.lock();
        try {
            return inFlight.isEmpty() && !proposing;
        } finally {
            lock.unlock();
        }
    }

    void lead(long newTerm, boolean needsGenesis) {
        lock.lock();
        try {
            term = newTerm;
            paused = false;
            genesisDue = needsGenesis;
        } finally {
            lock.unlock();
        }
        proposeMore();
    }

    /** What is queued fails as not applied; what is in flight is left to Raft. */
    void stopLeading(String reason) {
        List<Waiting> dropped;
        List<Runnable> actions;
        lock.lock();
        try {
            term = NOT_LEADING;
            genesisDue = false;
            expiryDue = false;
            dropped = new ArrayList<>(queue);
            queue.clear();
            queuedCommands = 0;
            queuedBytes = 0;
            actions = afterExpiry;
            afterExpiry = new ArrayList<>();
            dropped.forEach(this::giveBack);
            dropped.forEach(attempts::failed);
            // Those in flight will most likely fail, and should this node lead again before: later ones must not be
            // ahead.
            for (Proposal proposal : inFlight) {
                proposal.bundles.forEach(attempts::failed);
                proposal.readsBehind.forEach(attempts::failed);
            }
        } finally {
            lock.unlock();
        }
        dropped.forEach(waiting -> refuse(waiting.completion, reason));
        actions.forEach(Runnable::run);
    }

    /** Why a bundle is not taken. */
    private record Refusal(Outcome outcome, String reason) {}

    /** Takes no bundles that write from now on, for this reason; null takes them again. */
    void takeNoWrites(@Nullable String reason) {
        lock.lock();
        try {
            noWrites = reason == null ? null : new Refusal(Outcome.TAKES_NO_WRITES, reason);
        } finally {
            lock.unlock();
        }
    }

    /** Takes bundles but proposes nothing, or goes on. */
    void pause(boolean whether) {
        lock.lock();
        try {
            paused = whether;
        } finally {
            lock.unlock();
        }
        proposeMore();
    }

    void submit(Bundle bundle, Bundle.Completion completion) {
        Waiting waiting = new Waiting(bundle, completion);
        Refusal refused;
        lock.lock();
        try {
            refused = refusalOf(waiting);
            if (refused == null) {
                queue.add(waiting);
                queuedCommands += bundle.size();
                queuedBytes += waiting.bytes;
                waitingBytes.addAndGet(waiting.bytes);
            } else {
                attempts.failed(waiting);
            }
        } finally {
            lock.unlock();
        }
        if (refused != null) {
            refuse(completion, refused.outcome, refused.reason);
            return;
        }
        proposeMore();
    }

    private @Nullable Refusal refusalOf(Waiting waiting) {
        if (term == NOT_LEADING) {
            return new Refusal(Outcome.NOT_APPLIED, "not the leader");
        }
        if (noWrites != null && !waiting.isOnlyReads()) {
            return noWrites;
        }
        if (!attempts.takes(waiting)) {
            return new Refusal(Outcome.NOT_APPLIED, OVERTAKING);
        }
        long taken = waitingBytes.get();
        if (taken > 0 && taken + waiting.bytes > tuning.waitingBytesMax()) {
            return new Refusal(Outcome.NOT_APPLIED, "busy");
        }
        return null;
    }

    /** Has the next entry remove what has expired; the action runs once that entry was applied or has failed. */
    void expire(@Nullable Runnable afterwards) {
        boolean leads;
        lock.lock();
        try {
            leads = isLeading();
            if (leads) {
                expiryDue = true;
                if (afterwards != null) {
                    afterExpiry.add(afterwards);
                }
            }
        } finally {
            lock.unlock();
        }
        if (leads) {
            proposeMore();
        } else if (afterwards != null) {
            afterwards.run();
        }
    }

    /** Proposes entries while there is something to propose and room in flight. One thread at a time builds them. */
    void proposeMore() {
        Work work = nextWork(false);
        while (work != null) {
            try {
                perform(work);
            } catch (RuntimeException | Error broken) {
                LOG.error("an entry could not be proposed", broken);
                Proposal proposal = work.proposal;
                if (proposal != null && proposal.claim()) {
                    failed(proposal, Outcome.UNKNOWN, "could not be proposed: " + broken);
                }
            }
            work = nextWork(true);
        }
    }

    /** What one thread is to do outside of the lock, before another may do the like. */
    private static final class Work {
        final long term;
        final List<Waiting> readsNow = new ArrayList<>(0);

        @Nullable
        Proposal proposal;

        long alarmNanos;

        Work(long term) {
            this.term = term;
        }

        boolean isEmpty() {
            return proposal == null && readsNow.isEmpty() && alarmNanos == 0;
        }
    }

    private @Nullable Work nextWork(boolean hasDoneOne) {
        lock.lock();
        try {
            if (hasDoneOne) {
                proposing = false;
            }
            if (proposing || !canPropose()) {
                return null;
            }
            Work work = new Work(term);
            long nanos = gatheringNanos();
            if (nanos == 0) {
                work.proposal = take(work);
            } else if (!alarmed) {
                alarmed = true;
                work.alarmNanos = nanos;
            }
            proposing = !work.isEmpty();
            return proposing ? work : null;
        } finally {
            lock.unlock();
        }
    }

    private void perform(Work work) {
        if (work.alarmNanos > 0) {
            log.later(work.alarmNanos, this::lookAgain);
        }
        work.readsNow.forEach(log::runReads);
        Proposal proposal = work.proposal;
        if (proposal != null) {
            counters.proposals.increment();
            counters.batchCommands().add(proposal.commands);
            log.propose(proposal, work.term);
        }
    }

    private boolean canPropose() {
        return term != NOT_LEADING && !paused && !genesisInFlight && (inFlight.isEmpty() || isWorthAnother());
    }

    /** How long what waits is to wait for more; 0 not at all. */
    private long gatheringNanos() {
        boolean isGathering = inFlight.isEmpty()
                && !genesisDue
                && !queue.isEmpty()
                && !queue.getFirst().isOnlyReads()
                && 2 * queuedCommands <= Bundle.COMMANDS_MAX
                && 2 * queuedBytes <= Bundle.BYTES_MAX;
        return isGathering ? gathering.waitNanos(queuedCommands, System.nanoTime()) : 0;
    }

    private void lookAgain() {
        lock.lock();
        try {
            alarmed = false;
        } finally {
            lock.unlock();
        }
        proposeMore();
    }

    /**
     * Whether what waits is worth an fsync beside those under way: as much as the last of them carries.
     *
     * <p>Less waits for that one's end, and for what comes until then. So entries in flight stay of one size, where else each
     * large one is followed by one with the first few commands that come after it.
     */
    private boolean isWorthAnother() {
        return inFlight.size() < tuning.entriesInFlightMax() && queuedCommands >= inFlight.getLast().commands;
    }

    /** The next entry's content, in flight from now on; null when nothing needs an entry. */
    private @Nullable Proposal take(Work work) {
        if (genesisDue) {
            genesisDue = false;
            genesisInFlight = true;
            return putInFlight(new Proposal(this, Extra.GENESIS));
        }
        Proposal proposal = new Proposal(this, expiryDue ? Extra.EXPIRY : Extra.NONE);
        while (!queue.isEmpty()) {
            Waiting waiting = queue.getFirst();
            if (!fits(proposal, waiting)) {
                break;
            }
            queue.removeFirst();
            queuedCommands -= waiting.bundle.size();
            queuedBytes -= waiting.bytes;
            if (waiting.isOnlyReads() && proposal.bundles.isEmpty() && proposal.extra == Extra.NONE) {
                if (inFlight.isEmpty()) {
                    giveBack(waiting);
                    work.readsNow.add(waiting);
                } else {
                    inFlight.getLast().readsBehind.add(waiting);
                }
            } else {
                proposal.add(waiting);
            }
        }
        if (proposal.extra == Extra.NONE && proposal.bundles.isEmpty()) {
            return null;
        }
        if (proposal.extra == Extra.EXPIRY) {
            expiryDue = false;
            proposal.afterwards.addAll(afterExpiry);
            afterExpiry.clear();
        }
        return putInFlight(proposal);
    }

    private static boolean fits(Proposal proposal, Waiting waiting) {
        return proposal.bundles.isEmpty()
                || (proposal.commands + waiting.bundle.size() <= Bundle.COMMANDS_MAX
                        && proposal.bytes + waiting.bytes <= Bundle.BYTES_MAX);
    }

    private Proposal putInFlight(Proposal proposal) {
        proposal.proposedNanos = System.nanoTime();
        inFlight.add(proposal);
        return proposal;
    }

    /** Answers for an entry that the caller, the applier, has claimed and just applied; then the next may be proposed. */
    void applied(Proposal proposal) {
        long now = System.nanoTime();
        long nanos = now - proposal.proposedNanos;
        lock.lock();
        try {
            remove(proposal);
            gathering.ended(proposal.commands, queuedCommands, nanos, now);
        } finally {
            lock.unlock();
        }
        counters.commitMicros().add(nanos / 1000);
        for (Waiting waiting : proposal.bundles) {
            waiting.complete(counters);
        }
        // Nothing is attached to it any more: it is no longer in flight.
        proposal.readsBehind.forEach(log::runReads);
        log.applied(proposal);
        proposal.afterwards.forEach(Batcher::complete);
        proposeMore();
    }

    /** Tells all who wait for an entry, which the caller has claimed, that it failed. */
    void failed(Proposal proposal, Outcome outcome, String reason) {
        List<Waiting> overtaking = new ArrayList<>();
        lock.lock();
        try {
            remove(proposal);
            // A second one has no effect, should the first come to be applied after all.
            genesisDue |= proposal.extra == Extra.GENESIS && term != NOT_LEADING;
            proposal.bundles.forEach(attempts::failed);
            proposal.readsBehind.forEach(attempts::failed);
            // What is queued came later, so of the same origins it must not be applied.
            queue.removeIf(waiting -> {
                boolean overtakes = !attempts.takes(waiting);
                if (overtakes) {
                    giveBack(waiting);
                    queuedCommands -= waiting.bundle.size();
                    queuedBytes -= waiting.bytes;
                    overtaking.add(waiting);
                }
                return overtakes;
            });
        } finally {
            lock.unlock();
        }
        for (Waiting waiting : proposal.bundles) {
            if (outcome == Outcome.UNKNOWN && !waiting.isOnlyReads()) {
                counters.unknowns.increment();
                complete(() -> waiting.completion.failed(Outcome.UNKNOWN, reason));
            } else {
                refuse(waiting.completion, reason);
            }
        }
        proposal.readsBehind.forEach(waiting -> refuse(waiting.completion, reason));
        overtaking.forEach(waiting -> refuse(waiting.completion, OVERTAKING));
        proposal.afterwards.forEach(Batcher::complete);
        proposeMore();
    }

    /** Gives up entries that Raft has not answered for since the deadline: a lost closure leaks nobody. */
    void giveUpOverdue() {
        long now = System.nanoTime();
        List<Proposal> overdue = new ArrayList<>(0);
        lock.lock();
        try {
            for (Proposal proposal : inFlight) {
                if (now - proposal.proposedNanos > tuning.entryDeadlineMillis() * 1_000_000 && proposal.claim()) {
                    overdue.add(proposal);
                }
            }
        } finally {
            lock.unlock();
        }
        overdue.forEach(proposal -> failed(proposal, Outcome.UNKNOWN, "no answer within the deadline"));
    }

    private void remove(Proposal proposal) {
        if (proposal.extra == Extra.GENESIS) {
            genesisInFlight = false;
        }
        boolean found;
        if (inFlight.peekFirst() == proposal) {
            inFlight.removeFirst();
            found = true;
        } else {
            found = inFlight.remove(proposal);
        }
        if (found) {
            proposal.bundles.forEach(this::giveBack);
            proposal.readsBehind.forEach(this::giveBack);
        }
    }

    private void giveBack(Waiting waiting) {
        waitingBytes.addAndGet(-waiting.bytes);
    }

    private void refuse(Bundle.Completion completion, String reason) {
        refuse(completion, Outcome.NOT_APPLIED, reason);
    }

    private void refuse(Bundle.Completion completion, Outcome outcome, String reason) {
        counters.refusals.increment();
        complete(() -> completion.failed(outcome, reason));
    }

    /** A completion that throws must not take others' answers, or the applier, with it. */
    static void complete(Runnable completion) {
        try {
            completion.run();
        } catch (RuntimeException | Error broken) {
            LOG.error("a completion failed", broken);
        }
    }
}
