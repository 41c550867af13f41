// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.EntryReader;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.NumberedView;

/**
 * All data of a group on one replica, and the only way to change it: applying entries in order.
 *
 * <p>Has no lock of its own. Who applies holds the group's exclusive lock, who reads its shared lock.
 */
public final class GroupState {
    private final CommandTable commands;
    private GroupKeys keys;
    private Items items;
    private RecentReplies recentReplies = new RecentReplies();
    private boolean isBegun;
    private long incarnation;
    private long appliedIndex;
    private long epochMillis;
    private boolean isApplying;

    /** Without keys: what it is until the first entry, the group's genesis, is applied. */
    public GroupState(CommandTable commands) {
        this.commands = commands;
        this.keys = new GroupKeys(0);
        this.items = new Items(commands, keys);
    }

    /** A group that has begun without a log: for tests and tools. */
    public static GroupState begun(CommandTable commands, long seed, long incarnation) {
        GroupState state = new GroupState(commands);
        state.genesis(seed, incarnation);
        return state;
    }

    /** What items are looked up in. */
    public CommandTable commands() {
        return commands;
    }

    /** Whether the group's genesis was applied: what its leader proposes first, if not. */
    public boolean isBegun() {
        return isBegun;
    }

    /** Tells this group from an earlier one of the same name; 0 before its genesis. */
    public long incarnation() {
        return incarnation;
    }

    /** The index of the last entry that was applied wholly; 0 at first. */
    public long appliedIndex() {
        return appliedIndex;
    }

    /** The time of the last entry's moment: the next one's is not lower. */
    public long epochMillis() {
        return epochMillis;
    }

    /** A view of a numbered database for one query, under the shared lock; refuses a number out of range. */
    public NumberedView view(int database, int number, long nowMillis, long seed) {
        return keys.view(database, number, nowMillis, seed);
    }

    /** A keyspace for one mutation outside of any entry: for tests of commands. */
    public Keyspace keyspace(int database, int number, Moment at) {
        return keys.keyspace(database, number, at.epochMillis(), at.seed());
    }

    /** When the next key ends, {@link Keyspace#NEVER} when none does: when the leader has to propose an Expire. */
    public long earliestExpiry() {
        return keys.earliestExpiry();
    }

    /** How many keys there are in all databases. */
    public long size() {
        return keys.size();
    }

    /**
     * Opens an entry's bytes, which must not change until it is applied. Needs no lock. Throws CorruptEntryException for
     * bytes that are no entry, IllegalArgumentException for an index that is not above the applied one.
     */
    public EntryCursor open(long index, Bytes entry) {
        if (index <= appliedIndex || isApplying) {
            throw new IllegalArgumentException("entry " + index + " after " + appliedIndex);
        }
        EntryReader reader = EntryReader.open(entry);
        // A leader's clock may have been set back; time in a group never is.
        return new EntryCursor(this, index, Math.max(epochMillis, reader.epochMillis()), reader);
    }

    /** Says that the log had something else at this index: a configuration, a new leader's mark. */
    public void passed(long index) {
        appliedIndex = Math.max(appliedIndex, index);
    }

    void begin(long atMillis) {
        isApplying = true;
        epochMillis = atMillis;
        recentReplies.forgetBefore(atMillis);
    }

    void end(long index) {
        appliedIndex = index;
        isApplying = false;
    }

    void genesis(long seed, long newIncarnation) {
        if (!isBegun) {
            isBegun = true;
            incarnation = newIncarnation;
            keys = new GroupKeys(seed);
            items = new Items(commands, keys);
        }
    }

    GroupKeys keys() {
        return keys;
    }

    Items items() {
        return items;
    }

    RecentReplies recentReplies() {
        return recentReplies;
    }
}
