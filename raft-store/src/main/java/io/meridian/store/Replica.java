// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftServiceFactory;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.entity.Task;
import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.engine.keyspace.NumberedView;
import io.meridian.store.LinearizableRead.Attempt;
import io.meridian.store.Proposal.Waiting;
import io.meridian.store.transport.PeerTransport;
import io.meridian.store.transport.TransportNodeOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One group's copy on this node: takes writes where it leads, answers reads, and keeps both durable.
 *
 * <p>Safe for any thread. Nothing blocks but {@link #read}, for the moment that an entry takes to apply, and what says so.
 */
public final class Replica {
    private static final long UNSTALL_NANOS = 500_000_000;
    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);
    private static final long WAIT_NANOS_MAX = 60_000_000_000L;
    // Far more than an answer within a region takes; then all voters are asked, by JRaft.
    private static final long TERM_MILLIS_MAX = 50;
    private static final long FIRST_ENTRY_MILLIS = 2;
    /** An entry waits for more commands no longer than the last ones took; see ADR 0021. */
    private static final int GATHERING_PERCENT_MAX = 100;

    private final Store store;
    private final Membership membership;
    private final String raftName;
    private final StoreTuning tuning;
    private final ReplicaFolder folder;
    private final ReplicaCounters counters = new ReplicaCounters();
    private final AppliedWaiters waiters = new AppliedWaiters();
    private final Freshness freshness = new Freshness();
    private final EntryBuilder entries;
    private final Batcher batcher;
    private final Stall stall = new Stall();
    private final AtomicLong unstalledNanos = new AtomicLong(System.nanoTime() - UNSTALL_NANOS);
    private volatile boolean stalled;
    private final Applier applier;
    private final ReadIndexes readIndexes;
    private final CommitPush commitPush;
    private final Node node;
    private final TransportNodeOptions options;
    private final Upkeep upkeep;
    private final LeaderTransfer transfer;
    private final Introductions introductions;
    private final RaftStorage storage;
    private final TermQuorum terms;
    private final List<Runnable> leaderListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> failureListeners = new CopyOnWriteArrayList<>();
    private volatile String leader = "";
    // JRaft's own, which counts entries without commands too; looked at now and then.
    private volatile long raftAppliedIndex;
    private volatile boolean isClosed;

    /** What becomes of a linearizable read; one of the two is called once, on any thread. */
    public interface ReadCompletion {
        /** With the visible index when the query ran. */
        void done(Reply reply, long index);

        /** Nothing was read; it may be tried again. */
        void failed(String reason);
    }

    /** What must be equal on all replicas that have applied the same index. */
    public record Digest(long index, io.meridian.engine.keyspace.Digest value) {}

    /** @param preferredLeader the voter that is to lead when it can; empty for none */
    Replica(Store store, Membership membership, Optional<String> preferredLeader, ReplicaFolder folder) {
        this.store = store;
        this.membership = membership;
        this.raftName = RaftSettings.raftName(membership.group());
        this.tuning = store.tuning();
        this.folder = folder;
        this.entries = new EntryBuilder(new HeapSpace(tuning.heapPercentMax()));
        this.batcher = new Batcher(tuning, counters, new LeaderLog(), new Gathering(GATHERING_PERCENT_MAX));
        SnapshotFiles snapshots = new SnapshotFiles(group(), store.background(), store.disk(), counters);
        this.applier = new Applier(group(), store.commands(), counters, snapshots, new Events());
        this.readIndexes = new ReadIndexes(new Quorum(), counters, tuning.readDeadlineMillis());
        this.commitPush = new CommitPush(store.alarms(), counters, this::pushCommit);
        this.node = RaftServiceFactory.createRaftNode(raftName, PeerTransport.peerId(store.node()));
        this.introductions =
                new Introductions(store.transport().self(), store.channels(), membership, folder, applier::stop);
        this.storage = new RaftStorage(introductions::mayVote, this::isWhole, folder);
        this.terms = new TermQuorum(
                membership.voters().stream()
                        .filter(voter -> !voter.equals(store.node()))
                        .toList(),
                storage::term,
                (voter, answer) -> store.transport().askTerm(voter, raftName, TERM_MILLIS_MAX, answer));
        this.upkeep = new Upkeep(
                group(), tuning, folder, store.disk(), batcher, applier, readIndexes, freshness, storage, node);
        this.options = RaftSettings.nodeOptions(store.transport(), membership, folder, applier, storage, tuning);
        this.transfer = new LeaderTransfer(
                group(),
                store.node(),
                tuning,
                batcher,
                node,
                () -> leader,
                preferredLeader,
                options::acknowledgedIndex);
    }

    /** Loads the snapshot, opens the log and joins the group; blocks until the snapshot is loaded. */
    void start() throws StoreException {
        store.transport().answerTerm(raftName, storage::term);
        @Nullable RuntimeException unexpected = null;
        boolean started = false;
        try {
            started = node.init(options);
        } catch (RuntimeException thrown) { // JRaft's, at files that are not what it wrote.
            unexpected = thrown;
        }
        if (!started) {
            stopHalfStarted();
            String reason = applier.failure() != null ? applier.failure() : storage.problem();
            throw new StoreException(
                    "the replica of group " + group() + " in " + folder.directory() + " does not start: "
                            + (reason != null
                                    ? reason
                                    : "its log or its snapshot is unusable, the lines before say why"),
                    unexpected);
        }
    }

    /** The group's name. */
    public String group() {
        return membership.group();
    }

    /** Where the group's replicas were at its beginning. */
    public Membership membership() {
        return membership;
    }

    /** Whether it takes writes: it leads, and has applied all entries of earlier terms. */
    public boolean isLeader() {
        return batcher.isLeading();
    }

    /** The node that leads the group, as far as this replica knows. */
    public Optional<String> leader() {
        String known = leader;
        return known.isEmpty() ? Optional.empty() : Optional.of(known);
    }

    /** Whether its reads can be answered: it has once caught up since it was opened, and has not stopped. */
    public boolean isServing() {
        return freshness.isKnown() && applier.failure() == null && !isClosed;
    }

    /** Why it has stopped for good, until it is opened again; empty while it has not. */
    public Optional<String> problem() {
        return Optional.ofNullable(applier.failure());
    }

    /** Changes when the group's history was reset; 0 before its first entry. */
    public long incarnation() {
        return applier.incarnation();
    }

    /** The highest index whose entry is applied wholly. */
    public long appliedIndex() {
        return Math.max(applier.appliedIndex(), raftAppliedIndex);
    }

    /** The highest index any of whose effects a read may have seen. */
    public long visibleIndex() {
        return Math.max(applier.visibleIndex(), raftAppliedIndex);
    }

    /** The highest index that this replica knows to be committed. Takes a lock of JRaft's: not for each request. */
    public long commitIndex() {
        try {
            return Math.max(node.getLastCommittedIndex(), appliedIndex());
        } catch (IllegalStateException stopped) {
            return appliedIndex();
        }
    }

    /**
     * How old what this replica shows may be; Long.MAX_VALUE when it does not know.
     *
     * <p>0 on a leader that a quorum has confirmed within its lease, nine tenths of the election timeout.
     */
    public long stalenessMillis() {
        if (isLeader() && freshness.confirmationAgeNanos() < tuning.electionTimeoutMillis() * 900_000L) {
            return 0;
        }
        long nanos = freshness.stalenessNanos();
        return nanos == Long.MAX_VALUE ? nanos : (nanos + 999_999) / 1_000_000;
    }

    /**
     * Runs a query on the calling thread; an error reply when the replica is not serving.
     *
     * @throws io.meridian.engine.CommandException when the query refuses
     */
    public Reply read(int database, int number, Query query) {
        if (!isServing()) {
            return new Reply.Failure(
                    applier.failure() == null
                            ? "LOADING the replica of group " + group() + " on this node has not caught up yet"
                            : "CLUSTERDOWN the replica of group " + group() + " on this node has stopped");
        }
        return applier.read(state -> query.on(Applier.view(state, database, number)));
    }

    /**
     * Runs the action once the index is applied: at once on this thread, or later on another. It must not block. It is dropped
     * when the index is not reached within a minute.
     *
     * @return forgets the action before that; does nothing once it has run
     */
    public Runnable whenApplied(long index, Runnable action) {
        if (appliedIndex() >= index) {
            action.run();
            return () -> {};
        }
        Runnable forget = waiters.add(index, action);
        // It may have been applied between the two.
        waiters.reached(appliedIndex());
        return forget;
    }

    /**
     * Runs a query on the newest committed state, after a quorum has confirmed what that is.
     *
     * @param reader runs the query, and then the completion; a failure may come on any thread
     */
    public void readLinearizable(int database, int number, Query query, Executor reader, ReadCompletion completion) {
        counters.linearizableReads.increment();
        long deadline = System.nanoTime() + tuning.readDeadlineMillis() * 1_000_000;
        readIndexes.add(new LinearizableRead(this, database, number, query, reader, completion, deadline));
    }

    Attempt attempt(int database, int number, Query query) {
        return applier.read(state -> {
            NumberedView view = Applier.view(state, database, number);
            Reply reply = Applier.answer(query, view);
            return new Attempt(reply, view.metEnded(), visibleIndex());
        });
    }

    /** Runs the action after the leader's next Expire entry, proposed now where this is the leader. */
    void afterExpiry(long index, Runnable action) {
        if (isLeader()) {
            batcher.expire(action);
        } else {
            // The leader proposes it by itself, as soon as its own clock says that the key has ended.
            whenApplied(index + 1, action);
        }
    }

    @Nullable
    String failure() {
        return applier.failure();
    }

    /** Proposes a bundle as the leader; fails it as not applied when this is not the leader. Answers on any thread. */
    public void submit(Bundle bundle, Bundle.Completion completion) {
        batcher.submit(bundle, completion);
    }

    /** Whether so much waits to be applied that no more should be read from clients for now. */
    public boolean isCongested() {
        return batcher.isCongested();
    }

    /** Bytes of bundles taken and not answered yet. */
    public long waitingBytes() {
        return batcher.waitingBytes();
    }

    /** Calls the listener, on any thread, when the leader or what this replica knows of it has changed. */
    public void onLeaderChange(Runnable listener) {
        leaderListeners.add(listener);
    }

    /** Calls the listener, on any thread, with the reason when the replica has stopped for good. */
    public void onFailure(Consumer<String> listener) {
        failureListeners.add(listener);
    }

    public ReplicaCounters counters() {
        return counters;
    }

    /** Computes it under the shared lock, between two entries: takes time in proportion to the keys. */
    public Digest digest() {
        // Entries of Raft's own count too, as in a snapshot's index: else a replica that came from one says another
        // index.
        return applier.readBetweenEntries(state -> new Digest(appliedIndex(), state.digest()));
    }

    /** Begins a snapshot of what is applied now; the outcome is told on any thread, true when all that is on disk. */
    public void snapshot(Consumer<Boolean> whenDone) {
        snapshot(appliedIndex(), whenDone);
    }

    private void snapshot(long index, Consumer<Boolean> whenDone) {
        upkeep.snapshot(saved -> {
            if (saved && folder.newestSnapshot() < index) {
                // JRaft did not know yet that the last entry was applied, and had nothing new to save.
                snapshot(index, whenDone);
            } else {
                whenDone.accept(saved);
            }
        });
    }

    /**
     * Hands leadership to another voter, to the best one when none is named; blocks until that is done or the time is up, and
     * says which. Bundles that come meanwhile fail as not applied.
     */
    public boolean transferLeadership(Optional<String> to, Duration patience) {
        return transfer.to(to, patience);
    }

    /** Leaves the group, handing leadership over first; blocks until the log is closed, some seconds at most. */
    void close() {
        if (isLeader() && membership.voters().size() > 1) {
            transfer.to(Optional.empty(), Duration.ofMillis(tuning.electionTimeoutMillis()));
        }
        isClosed = true;
        stopNode();
        batcher.stopLeading("the node is closing");
    }

    private boolean isWhole(long lastLogIndex) {
        boolean isWhole = folder.isWhole(lastLogIndex);
        if (!isWhole) {
            applier.stop("its log ends at " + lastLogIndex + ", but it had acknowledged entries up to " + folder.floor()
                    + ": a file was damaged or cut off");
        }
        return isWhole;
    }

    /** JRaft's own waiting for its end never returns when it could not open the log: so it is waited for a while only. */
    private void stopHalfStarted() {
        isClosed = true;
        CountDownLatch stopped = new CountDownLatch(1);
        node.shutdown(_ -> stopped.countDown());
        try {
            if (!stopped.await(2, TimeUnit.SECONDS)) {
                LOG.warn("group {}: what had been started of its replica stays behind until the process ends", group());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        store.transport().forgetGroup(raftName);
    }

    private void stopNode() {
        node.shutdown();
        try {
            node.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        store.transport().forgetGroup(raftName);
    }

    /** What the store asks of its replicas with each tick. */
    void tick() {
        introductions.introduce();
        waiters.dropOlderThan(WAIT_NANOS_MAX);
        upkeep.tick();
        transfer.tick();
        noteRaftApplied();
    }

    private void noteRaftApplied() {
        try {
            raftAppliedIndex = node.getLastAppliedLogIndex();
            waiters.reached(appliedIndex());
        } catch (IllegalStateException stopped) {
            LOG.debug("group {}: {}", group(), stopped.getMessage());
        }
    }

    /** For {@link Freshness}: what a leader answers to another node's question. */
    Freshness freshness() {
        return freshness;
    }

    /** Learns from the leader's answer that what it had applied was all that was committed at the given time. */
    void learnFresh(long leaderApplied, long atNanos) {
        if (!isLeader()) {
            stalled = stall.seen(leaderApplied, appliedIndex())
                    && membership().voters().size() == 1;
            whenApplied(leaderApplied, () -> freshness.freshAt(atNanos));
        }
    }

    /** Whether it needs another entry to apply those that it has. */
    boolean isStalled() {
        return stalled && !isLeader();
    }

    /** Proposes an entry, for a replica elsewhere that has stalled; not more often than that replica can tell. */
    void unstall() {
        long now = System.nanoTime();
        long last = unstalledNanos.get();
        if (isLeader() && now - last > UNSTALL_NANOS && unstalledNanos.compareAndSet(last, now)) {
            batcher.expire(null);
        }
    }

    /** Begins to confirm that this leader still leads, unless that is known well enough for now. */
    void keepConfirmed() {
        if (freshness.confirmationAgeNanos() > tuning.tickMillis() * 500_000L) {
            readIndexes.confirm();
        }
    }

    /** JRaft's own, for tests that pin what it answers. */
    Node raft() {
        return node;
    }

    private int pushCommit() {
        long term = batcher.term();
        return term < 0 ? 0 : store.transport().pushCommit(raftName, term, applier.appliedIndex());
    }

    private void changeLeader(String now) {
        if (!leader.equals(now)) {
            leader = now;
            leaderListeners.forEach(Batcher::complete);
        }
    }

    /** Raft as the batcher sees it. */
    private final class LeaderLog implements Batcher.Log {
        @Override
        public void propose(Proposal proposal, long term) {
            Bytes entry = entries.build(proposal);
            try {
                node.apply(new Task(ByteBuffer.wrap(entry.array(), entry.offset(), entry.length()), proposal, term));
            } catch (IllegalStateException shutDown) {
                if (proposal.claim()) {
                    batcher.failed(proposal, Outcome.NOT_APPLIED, "the node is closing");
                }
            }
        }

        @Override
        public void runReads(Waiting waiting) {
            applier.answerNow(waiting);
        }

        @Override
        public void applied(Proposal proposal) {
            // A majority took it in this term after it was proposed: nobody else can have committed before.
            freshness.confirmedAt(proposal.proposedNanos);
            commitPush.applied();
        }

        @Override
        public void later(long nanos, Runnable action) {
            try {
                var _ = store.alarms().schedule(action, nanos, TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                // The store has ended its timers, and closes its replicas.
            }
        }
    }

    /** Raft as linearizable reads see it. */
    private final class Quorum implements ReadIndexes.Raft {
        /** A leader asks as few voters as it needs, then all; another replica asks its leader. */
        @Override
        public void readIndex(byte[] context, ReadIndexClosure closure) {
            long term = batcher.term();
            if (!batcher.isLeading() || membership.voters().size() == 1) {
                // JRaft asks this one's leader, or nobody.
                node.readIndex(context, closure);
                return;
            }
            // Before anybody is asked. What was acknowledged is applied here; what another replica may show, it was
            // told
            // from here, or by an earlier leader: that was applied before this one's first entry.
            long committed = Math.max(appliedIndex(), store.transport().toldCommitted(raftName));
            terms.confirm(term, confirmed -> {
                if (confirmed) {
                    whenApplied(committed, () -> closure.run(Status.OK(), committed, context));
                } else {
                    askAll(context, closure);
                }
            });
        }

        private void askAll(byte[] context, ReadIndexClosure closure) {
            counters.fullReadIndexes.increment();
            try {
                node.readIndex(context, closure);
            } catch (IllegalStateException shutDown) {
                closure.run(new Status(-1, "the replica is closed"), ReadIndexClosure.INVALID_LOG_INDEX, context);
            }
        }

        @Override
        public void confirmed(long sinceNanos) {
            if (batcher.isLeading()) {
                freshness.confirmedAt(sinceNanos);
            } else {
                freshness.freshAt(sinceNanos);
            }
        }
    }

    /** What happens on JRaft's thread. */
    private final class Events implements Applier.Listener {
        @Override
        public void leads(long term) {
            LOG.info("node {} leads group {} in term {}", store.node(), group(), term);
            entries.startFrom(applier.lastMillis());
            batcher.lead(term, !applier.isBegun());
            changeLeader(store.node());
            readIndexes.confirm();
            // JRaft's own first entry of the term comes to no applier, and reads may wait for it.
            try {
                var _ = store.timers()
                        .schedule(Replica.this::noteRaftApplied, FIRST_ENTRY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closing) {
                LOG.debug("group {}: leads while the store closes", group());
            }
        }

        @Override
        public void leadsNoLonger(String reason) {
            LOG.info("node {} leads group {} no longer: {}", store.node(), group(), reason);
            freshness.forgetConfirmation();
            batcher.stopLeading("the leader stepped down");
            changeLeader("");
        }

        @Override
        public void follows(String node) {
            changeLeader(node);
        }

        @Override
        public void applied(long index) {
            waiters.reached(index);
        }

        @Override
        public void failed(String reason) {
            batcher.stopLeading("the replica has stopped");
            changeLeader("");
            // Where Raft has not stopped it itself, as when another node says that its disk was lost.
            node.shutdown();
            failureListeners.forEach(listener -> Batcher.complete(() -> listener.accept(reason)));
        }
    }
}
