// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Args;
import io.meridian.engine.entry.Bundle;
import java.util.List;

/** The port to other nodes: hands them what only they can run. Safe for any thread; answers on any. */
public interface Peers {
    /**
     * Sends a bundle to the node that leads the group. Fails as UNKNOWN when it was sent and no answer came.
     *
     * @param reads the args of the bundle's riding reads, in their order
     */
    void submit(String node, String group, Bundle bundle, List<Args> reads, ForwardCompletion completion);

    /** Has a read run by another node's replica: the leader's. */
    void read(String node, ForwardedRead read, Replica.ReadCompletion completion);

    /** Calls once the other node has applied the index; never when that takes too long, or it cannot be asked. */
    void whenApplied(String node, String group, long index, Runnable arrived);

    /**
     * A read that goes home.
     *
     * @param linearizable whether a read index is needed; else the floor must be applied
     * @param floor the index that must be applied before it runs
     * @param incarnation what the floor is of, see {@link Replica#floorOf}
     * @param args stays as it is
     */
    record ForwardedRead(
            String group, int database, int number, boolean linearizable, long floor, long incarnation, Args args) {}

    /** A bundle's completion that may learn on the way who leads. */
    interface ForwardCompletion extends Bundle.Completion {
        /** Called before {@code failed} when the other node knows a leader. */
        void leaderIs(String node);
    }
}
