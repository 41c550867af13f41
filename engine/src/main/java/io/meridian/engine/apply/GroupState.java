// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.EntryReader;
import io.meridian.engine.keyspace.Digest;
import io.meridian.engine.keyspace.GroupKeys;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.keyspace.NumberedView;
import org.jspecify.annotations.Nullable;

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
    private long seed;
    private long incarnation;
    private long appliedIndex;
    private long epochMillis;
    private boolean isApplying;
    private @Nullable SnapshotCursor running;

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

    /**
     * Begins to save the state as it is now; needs the exclusive lock, between two entries. Throws IllegalStateException while
     * another snapshot is not closed.
     */
    public SnapshotCursor beginSnapshot() {
        if (isApplying || running != null) {
            throw new IllegalStateException(
                    "a snapshot " + (isApplying ? "inside an entry" : "while another is running"));
        }
        ByteWriter header = new ByteWriter(256);
        header.varint(appliedIndex);
        header.i64(epochMillis);
        header.u8(isBegun ? 1 : 0);
        header.i64(seed);
        header.i64(incarnation);
        keys.writeTo(header);
        header.varint(keys.size());
        running = new SnapshotCursor(this, keys.beginSnapshot(), header, recentReplies.frozen());
        return running;
    }

    /**
     * A digest of all that is replicated: equal on all replicas at the same applied index. Needs the shared lock, for about 0.2
     * µs a key.
     */
    public Digest digest() {
        Digest.Sum sum = new Digest.Sum();
        ByteWriter head = new ByteWriter(256);
        head.i64(epochMillis);
        head.i64(seed);
        head.i64(incarnation);
        keys.writeTo(head);
        recentReplies.writeTo(head);
        sum.add(head);
        keys.digest(sum);
        return sum.digest();
    }

    /** Takes over a snapshot's header; returns how many keys follow. */
    long loadHeader(ByteReader in) {
        appliedIndex = in.varint();
        epochMillis = in.i64();
        boolean hasBegun = in.u8() == 1;
        long savedSeed = in.i64();
        long savedIncarnation = in.i64();
        if (hasBegun) {
            genesis(savedSeed, savedIncarnation);
        }
        keys.readFrom(in);
        long keyCount = in.varint();
        recentReplies = RecentReplies.readFrom(in);
        if (in.remaining() > 0) {
            throw new CorruptSnapshotException("a snapshot header with " + in.remaining() + " bytes too many");
        }
        return keyCount;
    }

    // The very cursor: closing one twice must not end the next one.
    @SuppressWarnings("ReferenceEquality")
    void closed(SnapshotCursor cursor) {
        if (running == cursor) {
            running = null;
        }
    }

    void begin(long atMillis) {
        isApplying = true;
        epochMillis = atMillis;
        keys.beginEntry();
    }

    void end(long index) {
        appliedIndex = index;
        isApplying = false;
    }

    void genesis(long newSeed, long newIncarnation) {
        if (!isBegun) {
            isBegun = true;
            seed = newSeed;
            incarnation = newIncarnation;
            keys = new GroupKeys(newSeed);
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
