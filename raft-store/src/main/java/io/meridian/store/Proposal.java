// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Status;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** An entry that this leader has proposed, with those who wait for it. */
final class Proposal implements Closure {
    /** A bundle and who is told of it. */
    static final class Waiting {
        final Bundle bundle;
        final Bundle.Completion completion;
        final long bytes;
        // The bundle's own is raised when its origin sends it again, which may be before this sending was answered.
        final int attempt;
        // Set by the applier, before the completion is called.
        Reply[] replies = {};
        long incarnation;
        long index;

        Waiting(Bundle bundle, Bundle.Completion completion) {
            this.bundle = bundle;
            this.completion = completion;
            this.attempt = bundle.attempt();
            // 64 bytes for what each command costs beside its bytes, so that many small ones are bounded too.
            this.bytes = bundle.bytes().length() + 64L * bundle.size();
        }

        boolean isOnlyReads() {
            return bundle.writes() == 0;
        }

        /** Gives the replies that the applier has left here. */
        void complete(ReplicaCounters counters) {
            counters.commands.add(replies.length);
            Batcher.complete(() -> completion.applied(replies, incarnation, index));
        }
    }

    /** What an entry may hold beside bundles. */
    enum Extra {
        NONE,
        GENESIS,
        EXPIRY
    }

    /** In the order of the log; a bundle without writes is run at its place and has no bytes in the entry. */
    final List<Waiting> bundles = new ArrayList<>();
    /** Run after the entry was applied; guarded by the batcher's lock while the proposal is in flight. */
    final List<Waiting> readsBehind = new ArrayList<>();
    /** Run once the entry was applied or has failed. */
    final List<Runnable> afterwards = new ArrayList<>();

    final Extra extra;
    long bytes;
    int commands;
    long proposedNanos;

    private final Batcher batcher;
    private final AtomicBoolean claimed = new AtomicBoolean();

    Proposal(Batcher batcher, Extra extra) {
        this.batcher = batcher;
        this.extra = extra;
    }

    void add(Waiting waiting) {
        bundles.add(waiting);
        bytes += waiting.bytes;
        commands += waiting.bundle.size();
    }

    /** Whoever gets true decides what becomes of the bundles, and nobody after it. */
    boolean claim() {
        return claimed.compareAndSet(false, true);
    }

    /** The applier has applied it, after claiming it. */
    void applied() {
        batcher.applied(this);
    }

    /** The applier failed at it, after claiming it. */
    void fail(String reason) {
        batcher.failed(this, Bundle.Outcome.UNKNOWN, reason);
    }

    /** Called by JRaft, on one of its threads, for an entry that failed; an applied one is finished by the applier. */
    @Override
    public void run(Status status) {
        if (!status.isOk() && claim()) {
            batcher.failed(this, Outcomes.of(status), status.getErrorMsg());
        }
    }
}
