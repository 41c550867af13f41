// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.Replica;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Answers every write with OK and every read with the same bytes, and remembers what it was handed. */
final class FakeReplica implements Replica {
    final List<Bundle> handed = new CopyOnWriteArrayList<>();
    final AtomicInteger reads = new AtomicInteger();
    volatile boolean leading = true;
    /** Whether bundles are never answered. */
    volatile boolean mute;
    /** Why no writes are taken; empty: they are. */
    volatile String noWrites = "";

    private volatile Reply reply = Reply.OK;

    /** From now on every read is answered with so many bytes. */
    void valueOf(int bytes) {
        reply = new Reply.Bulk(Bytes.of(new byte[bytes]));
    }

    /** Returns once so many bundles were handed over. */
    void awaitHanded(int count) {
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (handed.size() < count) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(handed.size() + " bundles came, not " + count);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public String group() {
        return "us/0";
    }

    @Override
    public boolean isLeader() {
        return leading;
    }

    @Override
    public boolean isServing() {
        return true;
    }

    @Override
    public Optional<String> leader() {
        return Optional.of("us-1");
    }

    @Override
    public long incarnation() {
        return 7;
    }

    @Override
    public long appliedIndex() {
        return handed.size();
    }

    @Override
    public long visibleIndex() {
        return handed.size();
    }

    @Override
    public long stalenessMillis() {
        return 0;
    }

    @Override
    public Reply read(int database, int number, Query query) {
        reads.incrementAndGet();
        return reply;
    }

    @Override
    public Runnable whenApplied(long index, Runnable action) {
        action.run();
        return () -> {};
    }

    @Override
    public void readLinearizable(int database, int number, Query query, Executor reader, ReadCompletion completion) {
        reader.execute(
                () -> completion.done(read(database, number, query), new Shown(incarnation(), visibleIndex(), 0)));
    }

    @Override
    public void submit(Bundle bundle, Bundle.Completion completion) {
        handed.add(bundle);
        if (mute) {
            return;
        }
        if (!noWrites.isEmpty()) {
            completion.failed(Bundle.Outcome.TAKES_NO_WRITES, noWrites);
        } else if (leading) {
            completion.applied(
                    bundle.items().stream()
                            .map(item -> item.query() == null ? Reply.OK : reply)
                            .toArray(Reply[]::new),
                    incarnation(),
                    handed.size());
        } else {
            completion.failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
        }
    }

    @Override
    public void onLeaderChange(Runnable listener) {}
}
