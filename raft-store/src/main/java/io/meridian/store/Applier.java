// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Iterator;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.core.StateMachineAdapter;
import com.alipay.sofa.jraft.entity.LeaderChangeContext;
import com.alipay.sofa.jraft.entity.RaftOutter.SnapshotMeta;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotReader;
import com.alipay.sofa.jraft.storage.snapshot.SnapshotWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.EntryCursor;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.apply.ReplyBudget;
import io.meridian.engine.apply.SnapshotCursor;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Section;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.keyspace.NumberedView;
import io.meridian.store.Proposal.Waiting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a group's entries against its state, one after the other, on JRaft's one thread for the replica.
 *
 * <p>The only place where the state changes. Queries share the lock that it takes; it lets them in between two bundles once it has
 * held the lock for a millisecond, and never within one, so a bundle of 1,024 slow commands keeps them waiting until its end.
 * Anything thrown while an entry is applied stops the replica for good: an entry is never skipped.
 */
final class Applier extends StateMachineAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);
    /** After so long the lock is let go between two sections of an entry. */
    private static final long HOLD_NANOS = 1_000_000;

    /** What the applier tells its replica; on JRaft's thread. */
    interface Listener {
        void leads(long term);

        void leadsNoLonger(String reason);

        /** The leader's node, empty for none. */
        void follows(String leader);

        void applied(long index);

        void failed(String reason);
    }

    private final String group;
    private final CommandTable commands;
    private final ReplicaCounters counters;
    private final SnapshotFiles snapshots;
    private final Listener listener;
    private final StampedLock lock = new StampedLock();

    // Replaced under the exclusive lock by a snapshot's.
    private GroupState state;
    private volatile long appliedIndex;
    private volatile long visibleIndex;
    private volatile long incarnation;
    private volatile @Nullable String failure;
    // Of entries applied; to decide when the next snapshot is due.
    private final AtomicLong bytesSinceSnapshot = new AtomicLong();

    Applier(String group, CommandTable commands, ReplicaCounters counters, SnapshotFiles snapshots, Listener listener) {
        this.group = group;
        this.commands = commands;
        this.counters = counters;
        this.snapshots = snapshots;
        this.listener = listener;
        this.state = new GroupState(commands);
    }

    long appliedIndex() {
        return appliedIndex;
    }

    long visibleIndex() {
        return visibleIndex;
    }

    /** 0 before the group's first entry. */
    long incarnation() {
        return incarnation;
    }

    /** Why the replica has stopped; null while it has not. */
    @Nullable
    String failure() {
        return failure;
    }

    long bytesSinceSnapshot() {
        return bytesSinceSnapshot.get();
    }

    /** The moment of the last entry. */
    long lastMillis() {
        return read(GroupState::epochMillis);
    }

    /** Whether the group's first entry has been applied. */
    boolean isBegun() {
        return read(GroupState::isBegun);
    }

    /** When the next key ends. */
    long earliestExpiry() {
        return read(GroupState::earliestExpiry);
    }

    /** Gives the state to a reader under the shared lock; it must not keep it, nor change it. */
    <T> T read(Function<GroupState, T> reader) {
        long stamp = lock.readLock();
        try {
            return reader.apply(state);
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** The same between two entries, never within one: for what must be equal on all replicas. */
    <T> T readBetweenEntries(Function<GroupState, T> reader) {
        while (true) {
            long stamp = lock.readLock();
            try {
                if (visibleIndex == appliedIndex) {
                    return reader.apply(state);
                }
            } finally {
                lock.unlockRead(stamp);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void onApply(Iterator entries) {
        while (entries.hasNext()) {
            // A proposal that was given up already is applied like an entry of another leader.
            Proposal proposal = entries.done() instanceof Proposal ours && ours.claim() ? ours : null;
            try {
                apply(entries.getIndex(), entries.getData(), proposal);
            } catch (Throwable broken) { // Whatever it is, it must not be taken for an applied entry.
                fail("entry " + entries.getIndex() + " could not be applied: " + broken, broken);
                if (proposal != null) {
                    proposal.fail(String.valueOf(failure));
                }
                entries.setErrorAndRollback(1, new Status(RaftError.ESTATEMACHINE, "%s", String.valueOf(failure)));
                return;
            }
            listener.applied(entries.getIndex());
            if (proposal != null) {
                proposal.applied();
            }
            entries.next();
        }
    }

    private void apply(long index, ByteBuffer data, @Nullable Proposal proposal) {
        Bytes bytes = Bytes.of(data.array(), data.arrayOffset() + data.position(), data.remaining());
        List<Waiting> bundles = proposal == null ? List.of() : proposal.bundles;
        int next = 0;
        visibleIndex = index;
        long stamp = lock.writeLock();
        try {
            long heldSince = System.nanoTime();
            EntryCursor sections = state.open(index, bytes);
            while (sections.hasNext()) {
                Waiting waiting = null;
                if (proposal != null && sections.peek() instanceof Section.Writes) {
                    next = runReads(bundles, next, sections);
                    waiting = bundles.get(next++);
                }
                Reply[] replies = sections.applyNext(waiting == null ? null : waiting.bundle);
                if (waiting != null) {
                    waiting.replies = replies;
                    waiting.incarnation = state.incarnation();
                    waiting.index = index;
                }
                if (System.nanoTime() - heldSince > HOLD_NANOS) {
                    lock.unlockWrite(stamp);
                    stamp = lock.writeLock();
                    heldSince = System.nanoTime();
                }
            }
            runReads(bundles, next, sections);
            appliedIndex = index;
            incarnation = state.incarnation();
        } finally {
            lock.unlockWrite(stamp);
        }
        counters.entries.increment();
        counters.entryBytes.add(bytes.length());
        bytesSinceSnapshot.addAndGet(bytes.length());
    }

    /** Runs the bundles that have only reads, from one on, up to the next that has writes; gives that one's place. */
    private int runReads(List<Waiting> bundles, int from, EntryCursor entry) {
        int next = from;
        while (next < bundles.size() && bundles.get(next).isOnlyReads()) {
            answerReads(bundles.get(next++), entry.index(), entry.epochMillis());
        }
        return next;
    }

    /** Runs the reads of a bundle without writes, under either lock. */
    private void answerReads(Waiting waiting, long index, long nowMillis) {
        List<Bundle.Item> items = waiting.bundle.items();
        Reply[] replies = new Reply[items.size()];
        ReplyBudget budget = new ReplyBudget();
        for (int i = 0; i < replies.length; i++) {
            Bundle.Item item = items.get(i);
            Query query = Objects.requireNonNull(item.query(), "a write in a bundle that has none");
            replies[i] = budget.isSpent()
                    ? ReplyBudget.SPENT
                    : budget.take(answer(query, state.view(item.database(), item.number(), nowMillis, seed())));
        }
        waiting.replies = replies;
        waiting.incarnation = state.incarnation();
        waiting.index = index;
    }

    /**
     * A view for a query that is in no entry. Its time is this node's, but not before that of an entry applied here: what ended at
     * that entry's moment was seen gone, by a write or by a read beside it, and must not show again where the clock is behind.
     */
    static NumberedView view(GroupState state, int database, int number) {
        return state.view(database, number, nowMillis(state), seed());
    }

    private static long nowMillis(GroupState state) {
        return Math.max(System.currentTimeMillis(), state.epochMillis());
    }

    /** Runs the reads of a bundle without writes now, and completes it. */
    void answerNow(Waiting waiting) {
        long stamp = lock.readLock();
        try {
            if (failure == null) {
                answerReads(waiting, visibleIndex, nowMillis(state));
            }
        } finally {
            lock.unlockRead(stamp);
        }
        if (failure == null) {
            waiting.complete(counters);
        } else {
            Batcher.complete(() -> waiting.completion.failed(Bundle.Outcome.NOT_APPLIED, String.valueOf(failure)));
        }
    }

    /** The reply of a query, or its refusal; one that is broken harms nobody else. */
    static Reply answer(Query query, KeyspaceView keys) {
        try {
            return query.on(keys);
        } catch (CommandException refused) {
            return refused.reply();
        } catch (RuntimeException | StackOverflowError broken) {
            LOG.error("a query failed", broken);
            return new Reply.Failure("ERR internal error: " + broken.getClass().getSimpleName());
        }
    }

    /** Chance for a query. */
    static long seed() {
        return ThreadLocalRandom.current().nextLong();
    }

    /** Stops the replica for good; on any thread. */
    void stop(String reason) {
        fail(reason, null);
    }

    private void fail(String reason, @Nullable Throwable cause) {
        synchronized (this) {
            if (failure != null) {
                return;
            }
            failure = reason;
        }
        LOG.error("the replica of group {} has stopped: {}", group, reason, cause);
        listener.failed(reason);
    }

    @Override
    public void onError(RaftException error) {
        fail("Raft stopped it: " + error.getStatus().getErrorMsg(), error);
    }

    @Override
    public void onLeaderStart(long term) {
        listener.leads(term);
    }

    @Override
    public void onLeaderStop(Status status) {
        listener.leadsNoLonger(String.valueOf(status.getErrorMsg()));
    }

    @Override
    public void onStartFollowing(LeaderChangeContext context) {
        listener.follows(RaftSettings.nodeOf(context.getLeaderId()));
    }

    @Override
    public void onStopFollowing(LeaderChangeContext context) {
        listener.follows("");
    }

    @Override
    public void onConfigurationCommitted(Configuration configuration) {
        // JRaft leaves the learners out here.
        LOG.info("group {} has the voters {}", group, configuration.getPeers());
    }

    @Override
    public void onShutdown() {
        LOG.debug("the applier of group {} ends", group);
    }

    /** Takes the state as it is now; it is written in the background, while entries go on being applied. */
    @Override
    public void onSnapshotSave(SnapshotWriter writer, Closure done) {
        long bytes = bytesSinceSnapshot.getAndSet(0);
        Closure saved = status -> {
            if (!status.isOk()) {
                // What is in the log since the last snapshot stays there.
                bytesSinceSnapshot.addAndGet(bytes);
            }
            done.run(status);
        };
        SnapshotCursor cursor;
        long stamp = lock.writeLock();
        try {
            cursor = state.beginSnapshot();
        } catch (IllegalStateException busy) {
            saved.run(new Status(RaftError.ECANCELED, "%s", String.valueOf(busy.getMessage())));
            return;
        } finally {
            lock.unlockWrite(stamp);
        }
        snapshots.save(this, cursor, writer, saved);
    }

    /** Ends a snapshot, whole or not. */
    void close(SnapshotCursor cursor) {
        long stamp = lock.readLock();
        try {
            cursor.close();
        } finally {
            lock.unlockRead(stamp);
        }
    }

    /** Reads go on seeing the old state until the new one is there whole. */
    @Override
    public boolean onSnapshotLoad(SnapshotReader reader) {
        SnapshotMeta meta = reader.load();
        if (meta == null) {
            fail("the snapshot in " + reader.getPath() + " has no readable description", null);
            return false;
        }
        GroupState loaded;
        try {
            loaded = snapshots.load(Path.of(reader.getPath()), commands);
        } catch (IOException | CorruptBytesException unusable) {
            fail("the snapshot in " + reader.getPath() + " is unusable: " + unusable.getMessage(), unusable);
            return false;
        }
        long stamp = lock.writeLock();
        try {
            state = loaded;
            incarnation = loaded.incarnation();
            visibleIndex = meta.getLastIncludedIndex();
            appliedIndex = meta.getLastIncludedIndex();
        } finally {
            lock.unlockWrite(stamp);
        }
        bytesSinceSnapshot.set(0);
        listener.applied(meta.getLastIncludedIndex());
        return true;
    }
}
