// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * A read of the newest state: it waits for a round of {@link ReadIndexes}, then runs.
 *
 * <p>A key that has ended by this node's clock may not have by that of a later leader, which would show it again. So a query
 * that met one is answered only once the key was removed by an entry, whose moment every later one follows; it runs again then.
 */
final class LinearizableRead implements ReadIndexes.Read {
    private final Replica replica;
    private final int database;
    private final int number;
    private final Query query;
    private final Executor reader;
    private final Replica.ReadCompletion completion;
    private final long deadlineNanos;

    LinearizableRead(
            Replica replica,
            int database,
            int number,
            Query query,
            Executor reader,
            Replica.ReadCompletion completion,
            long deadlineNanos) {
        this.replica = replica;
        this.database = database;
        this.number = number;
        this.query = query;
        this.reader = reader;
        this.completion = completion;
        this.deadlineNanos = deadlineNanos;
    }

    /** What one run of the query gave. */
    record Attempt(Reply reply, boolean metEnded, long index) {}

    @Override
    public void confirmed() {
        try {
            reader.execute(this::read);
        } catch (RejectedExecutionException closed) {
            failed("the node is stopping");
        }
    }

    private void read() {
        if (replica.failure() != null) {
            failed(String.valueOf(replica.failure()));
            return;
        }
        Attempt attempt = replica.attempt(database, number, query);
        if (!attempt.metEnded()) {
            completion.done(attempt.reply(), attempt.index());
        } else if (System.nanoTime() - deadlineNanos > 0) {
            failed("a key has ended, and its removal took too long");
        } else {
            replica.afterExpiry(attempt.index(), this::confirmed);
        }
    }

    @Override
    public void failed(String reason) {
        completion.failed(reason);
    }
}
