// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.testing;

import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.apply.EntryCursor;
import io.meridian.engine.apply.GroupState;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.EntryWriter;
import io.meridian.router.Replica;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A group's only replica, which applies each bundle as an entry of its own, on its applier's thread; there is no log and no
 * other replica.
 *
 * <p>A test may hold what is proposed, and take the leader away. Safe for any thread.
 */
public final class EngineReplica implements Replica, AutoCloseable {
    /** What it is of, unless a test says otherwise. */
    public static final long INCARNATION = 7;

    private final String group;
    private final String node;
    private final GroupState state = GroupState.begun(CommandTable.REDIS, 1, INCARNATION);
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private final EntryWriter entries = new EntryWriter();
    private final ExecutorService applier;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Waiter> waiters = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private volatile boolean holding;
    private volatile boolean leading = true;
    private volatile Optional<String> leader = Optional.empty();
    private volatile boolean serving = true;
    private volatile long applied;
    private volatile String noWrites = "";
    private volatile long incarnation = INCARNATION;
    private volatile long stalenessMillis;

    private record Waiter(long index, Runnable action) {}

    /**
     * With a thread of its own to apply on.
     *
     * @param group its name, {@code "us/0"}
     * @param node the node it is on, which leads it at first
     */
    public EngineReplica(String group, String node) {
        this(
                group,
                node,
                Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().daemon().name("applier").factory()));
    }

    /** Applies on an executor of one thread, which is shut down with it. */
    public EngineReplica(String group, String node, ExecutorService applier) {
        this.group = group;
        this.node = node;
        this.applier = applier;
    }

    /** From now on nothing is applied, until {@link #release}. */
    public void hold() {
        holding = true;
    }

    /** Applies what was held, in its order, and all that comes. */
    public void release() {
        applier.execute(() -> {
            holding = false;
            List<Runnable> all = List.copyOf(held);
            held.clear();
            all.forEach(Runnable::run);
        });
    }

    /** Whether a leader is known: this one, or none. */
    public void lead(boolean leads) {
        leading = leads;
        leader = Optional.empty();
        listeners.forEach(Runnable::run);
    }

    /** From now on it takes no bundles that write, for this reason; with none, it takes them again. */
    public void takeNoWrites(String reason) {
        noWrites = reason;
    }

    /** Another node leads, for what this one knows. */
    public void follow(String other) {
        leading = false;
        leader = Optional.of(other);
        listeners.forEach(Runnable::run);
    }

    /** How many wait for an index. */
    public int waiting() {
        return waiters.size();
    }

    /** What it says its history is; 0 for not knowing. */
    public void incarnation(long to) {
        incarnation = to;
    }

    /** How old it says that what it shows may be. */
    public void staleness(long millis) {
        stalenessMillis = millis;
    }

    /** Whether it answers reads itself. */
    public void serve(boolean serves) {
        serving = serves;
    }

    @Override
    public void close() {
        applier.shutdownNow();
    }

    @Override
    public String group() {
        return group;
    }

    @Override
    public boolean isLeader() {
        return leading;
    }

    @Override
    public boolean isServing() {
        return serving;
    }

    @Override
    public Optional<String> leader() {
        return leading ? Optional.of(node) : leader;
    }

    @Override
    public long incarnation() {
        return incarnation;
    }

    @Override
    public long appliedIndex() {
        return applied;
    }

    @Override
    public long visibleIndex() {
        return applied;
    }

    @Override
    public long stalenessMillis() {
        return stalenessMillis;
    }

    @Override
    public Reply read(int database, int number, Query query) {
        lock.readLock().lock();
        try {
            return query.on(state.view(database, number, System.currentTimeMillis(), Moment.mix(applied)));
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public Runnable whenApplied(long index, Runnable action) {
        Waiter waiter = new Waiter(index, action);
        if (index <= applied) {
            action.run();
        } else {
            applier.execute(() -> {
                if (index <= applied) {
                    action.run();
                } else {
                    waiters.add(waiter);
                }
            });
        }
        return () -> applier.execute(() -> waiters.remove(waiter));
    }

    @Override
    public void readLinearizable(int database, int number, Query query, Executor reader, ReadCompletion completion) {
        applier.execute(() -> {
            if (leading) {
                reader.execute(
                        () -> completion.done(read(database, number, query), new Shown(incarnation(), applied, 0)));
            } else {
                completion.failed("no leader");
            }
        });
    }

    @Override
    public void submit(Bundle bundle, Bundle.Completion completion) {
        applier.execute(() -> {
            if (!leading) {
                completion.failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
            } else if (!noWrites.isEmpty() && bundle.writes() > 0) {
                completion.failed(Bundle.Outcome.TAKES_NO_WRITES, noWrites);
            } else if (holding) {
                held.add(() -> apply(bundle, completion));
            } else {
                apply(bundle, completion);
            }
        });
    }

    @Override
    public void onLeaderChange(Runnable listener) {
        listeners.add(listener);
    }

    private void apply(Bundle bundle, Bundle.Completion completion) {
        Reply[] replies = bundle.writes() == 0 ? reads(bundle) : entry(bundle);
        completion.applied(replies, incarnation(), applied);
        for (Waiter waiter : List.copyOf(waiters)) {
            if (waiter.index() <= applied) {
                waiters.remove(waiter);
                waiter.action().run();
            }
        }
    }

    private Reply[] entry(Bundle bundle) {
        lock.writeLock().lock();
        try {
            long index = applied + 1;
            entries.begin(System.currentTimeMillis(), Moment.mix(index));
            entries.add(bundle);
            EntryCursor cursor = state.open(index, entries.finish());
            Reply[] replies = cursor.applyNext(bundle);
            applied = index;
            return replies;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private Reply[] reads(Bundle bundle) {
        return bundle.items().stream()
                .map(item -> read(item.database(), item.number(), java.util.Objects.requireNonNull(item.query())))
                .toArray(Reply[]::new);
    }
}
