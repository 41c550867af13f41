// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.Replica;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A replica of the store, behind the router's port. */
record LocalReplica(io.meridian.store.Replica replica) implements Replica {
    @Override
    public String group() {
        return replica.group();
    }

    @Override
    public boolean isLeader() {
        return replica.isLeader();
    }

    @Override
    public boolean isServing() {
        return replica.isServing();
    }

    @Override
    public Optional<String> leader() {
        return replica.leader();
    }

    @Override
    public long incarnation() {
        return replica.incarnation();
    }

    @Override
    public long appliedIndex() {
        return replica.appliedIndex();
    }

    @Override
    public long visibleIndex() {
        return replica.visibleIndex();
    }

    @Override
    public long stalenessMillis() {
        return replica.stalenessMillis();
    }

    @Override
    public Reply read(int database, int number, Query query) {
        return replica.read(database, number, query);
    }

    @Override
    public Runnable whenApplied(long index, Runnable action) {
        return replica.whenApplied(index, action);
    }

    @Override
    public void readLinearizable(int database, int number, Query query, Executor reader, ReadCompletion completion) {
        replica.readLinearizable(database, number, query, reader, new io.meridian.store.Replica.ReadCompletion() {
            @Override
            public void done(Reply reply, long index) {
                // Nothing was committed when it came that it was not shown.
                completion.done(reply, new Shown(replica.incarnation(), index, 0));
            }

            @Override
            public void failed(String reason) {
                completion.failed(reason);
            }
        });
    }

    @Override
    public void submit(Bundle bundle, Bundle.Completion completion) {
        replica.submit(bundle, completion);
    }

    @Override
    public void onLeaderChange(Runnable listener) {
        replica.onLeaderChange(listener);
    }
}
