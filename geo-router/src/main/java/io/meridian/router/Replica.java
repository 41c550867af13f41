// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.entry.Bundle;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The port to one group's replica on this node. Safe for any thread; nothing here blocks but {@link #read}, for a moment. */
public interface Replica {
    /** The group's name: {@code "eu/0"}. */
    String group();

    boolean isLeader();

    /** Whether it can answer reads: its snapshot is loaded and it has not failed. */
    boolean isServing();

    /** The node that leads the group now, as far as this replica knows. */
    Optional<String> leader();

    /** Changes when the group's history was reset: a floor of another incarnation counts as none. 0 before its first entry. */
    long incarnation();

    /** The highest index whose entry is applied wholly. */
    long appliedIndex();

    /** The highest index any of whose effects a read may have seen: at least the applied index. */
    long visibleIndex();

    /**
     * The index to be applied here before a session with this floor reads: 0 when the floor is of another incarnation.
     *
     * <p>One of incarnation 0 is of any; and while this replica knows of none, it has not come to any floor either.
     *
     * @param incarnation the one that the floor was seen at
     */
    default long floorOf(long incarnation, long index) {
        long own = incarnation();
        return own == incarnation || own == 0 || incarnation == 0 ? index : 0;
    }

    /** How old what this replica shows may be; {@link Long#MAX_VALUE} when it does not know. */
    long stalenessMillis();

    /**
     * Runs a query on the calling thread, under the group's shared lock.
     *
     * @throws io.meridian.engine.CommandException when the query refuses; a replica that is not serving answers an error reply
     */
    Reply read(int database, int number, Query query);

    /**
     * Runs the action once the index is applied: at once on this thread, or later on the applier's.
     *
     * @return forgets the action: to be called by who waits no longer, or long, for it
     */
    Runnable whenApplied(long index, Runnable action);

    /**
     * Runs a query on the newest committed state, on voters of the home region only.
     *
     * @param reader runs the query, and then the completion; a failure may come on any thread
     */
    void readLinearizable(int database, int number, Query query, Executor reader, ReadCompletion completion);

    /** Proposes a bundle as the leader; fails it when this is not the leader. Answers on any thread. */
    void submit(Bundle bundle, Bundle.Completion completion);

    /** Calls the listener, on any thread, when the leader or this replica's knowledge of it changed. */
    void onLeaderChange(Runnable listener);

    /**
     * What a read was shown.
     *
     * @param incarnation the group's, where it was read
     * @param index the visible index: nothing later was seen
     * @param stalenessMillis how old it may have been; {@link Long#MAX_VALUE} when that was not known
     */
    record Shown(long incarnation, long index, long stalenessMillis) {}

    /** What becomes of a linearizable read. */
    interface ReadCompletion {
        void done(Reply reply, Shown shown);

        /** Nothing was read; it may be tried again. */
        void failed(String reason);
    }
}
