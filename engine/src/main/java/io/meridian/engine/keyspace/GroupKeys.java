// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Errors;
import io.meridian.engine.SipHash;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.ValueCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All keys of a group: its databases, each with numbered databases.
 *
 * <p>Changed under the group's exclusive lock, read under its shared lock.
 */
public final class GroupKeys {
    /** How many numbered databases a database has. */
    public static final int NUMBERS = 16;

    /** Database ids are below this; they are few and small. */
    public static final int DATABASES_MAX = 1 << 16;

    /** Bytes that the commands of one entry may take beyond their own and their shares: as many as one largest string. */
    static final long TAKEN_BYTES_MAX = StringValue.BYTES_MAX;

    /** What each command or transaction may take whatever others did: the 1,024 that an entry has at most, once more 64 MiB. */
    static final long SHARE_BYTES = 64 << 10;

    private final SipHash hash;
    private final Removals removals = new Removals();
    private final NumberedKeys none;
    private @Nullable NumberedKeys[][] databases = new @Nullable NumberedKeys[0][];
    private long version;
    // By the entry that is being applied, beside the shares.
    private long taken;
    // Of the share of the command or transaction that is being applied.
    private long shareLeft = SHARE_BYTES;

    /** Without keys. The seed decides where keys stand, and so the order of walks and what cursors mean. */
    public GroupKeys(long seed) {
        this.hash = SipHash.seeded(seed);
        this.none = new NumberedKeys(hash, removals);
    }

    /** Every version given out so far is at most this. */
    public long version() {
        return version;
    }

    /** A view as a query needs it; cheap to make. */
    public NumberedView view(int database, int number, long nowMillis, long seed) {
        return new NumberedView(this, database, checked(number), nowMillis, seed);
    }

    /** A keyspace for one mutation: its changes get a version of their own. */
    public NumberedKeyspace keyspace(int database, int number, long nowMillis, long seed) {
        if (database < 0 || database >= DATABASES_MAX) {
            throw new IllegalArgumentException("no database has the id " + database);
        }
        return new NumberedKeyspace(this, database, checked(number), nowMillis, seed, ++version);
    }

    /** Begins to count anew what {@link Keyspace#takes} is told of: another entry begins. */
    public void beginEntry() {
        taken = 0;
    }

    /** Gives the next command or transaction of the entry its share. */
    public void beginItem() {
        shareLeft = SHARE_BYTES;
    }

    /**
     * Many clients' commands share an entry: what takes little is not refused for what others took. One command may take any
     * number, so that what can be done alone can be done.
     */
    void takes(long bytes) {
        if (bytes <= shareLeft) {
            shareLeft -= bytes;
            return;
        }
        if (taken > 0 && taken + bytes > TAKEN_BYTES_MAX) {
            throw new CommandException(Errors.OUT_OF_MEMORY);
        }
        taken += bytes;
    }

    /** How many keys there are, ended ones included. */
    public long size() {
        long size = 0;
        for (@Nullable NumberedKeys[] numbered : databases) {
            for (NumberedKeys keys : numbered) {
                size += keys == null ? 0 : keys.table.size();
            }
        }
        return size;
    }

    /** When the next key ends, {@link KeyspaceView#NEVER} when none does. */
    public long earliestExpiry() {
        long earliest = KeyspaceView.NEVER;
        for (@Nullable NumberedKeys[] numbered : databases) {
            for (NumberedKeys keys : numbered) {
                if (keys != null) {
                    earliest = Math.min(earliest, keys.expiries.firstExpiry());
                }
            }
        }
        return earliest;
    }

    /**
     * Removes keys that have ended, at most so many, by database, number, expiry and key; returns how many it removed.
     */
    public int expireUpTo(long nowMillis, int limit) {
        int removed = 0;
        for (@Nullable NumberedKeys[] numbered : databases) {
            for (NumberedKeys keys : numbered) {
                while (keys != null && keys.expiries.firstExpiry() <= nowMillis && removed < limit) {
                    keys.remove(Slot.key(java.util.Objects.requireNonNull(keys.expiries.first())));
                    removed++;
                }
            }
        }
        return removed;
    }

    /**
     * Begins a snapshot of all keys as they are now; needs the exclusive lock, for a time that does not depend on how many there
     * are. No other may be running.
     */
    public KeysSnapshot beginSnapshot() {
        List<SnapshotPart> parts = new ArrayList<>();
        for (int database = 0; database < databases.length; database++) {
            for (int number = 0; number < NUMBERS; number++) {
                NumberedKeys keys = databases[database][number];
                if (keys != null && keys.table.size() > 0) {
                    keys.part = new SnapshotPart(database, number, keys);
                    parts.add(keys.part);
                }
            }
        }
        return new KeysSnapshot(parts, size());
    }

    /** Adds keys as {@link KeysSnapshot#writeTaken} wrote them; throws CorruptBytesException, and is then of no use. */
    public void load(ByteReader in) {
        long database = in.varint();
        int number = in.u8();
        if (database < 0 || database >= DATABASES_MAX || number >= NUMBERS) {
            throw new CorruptBytesException("keys of the numbered database " + database + "/" + number);
        }
        NumberedKeys keys = atToChange((int) database, number);
        for (int left = in.count(); left > 0; left--) {
            Object slot = loadSlot(in);
            if (Slot.version(slot) <= 0 || Slot.version(slot) > version) {
                throw new CorruptBytesException("a key of version " + Slot.version(slot));
            }
            if (!keys.add(slot)) {
                throw new CorruptBytesException("a key that is there already");
            }
        }
    }

    private static Object loadSlot(ByteReader in) {
        int kind = in.u8();
        if (kind == KeysSnapshot.PACKED) {
            int length = in.count();
            int start = in.take(length);
            byte[] packed = Arrays.copyOfRange(in.array(), start, start + length);
            PackedString.check(packed);
            return packed;
        }
        if (kind != KeysSnapshot.ENTRY) {
            throw new CorruptBytesException("a key of kind " + kind);
        }
        Bytes key = in.bytes();
        long expiry = in.i64();
        long version = in.varint();
        return new Entry(key.toArray(), ValueCodec.read(in), expiry, version);
    }

    /** Adds up a digest of every key; takes about 0.2 µs a key, under the shared lock. */
    public void digest(Digest.Sum sum) {
        ByteWriter scratch = new ByteWriter(256);
        for (int database = 0; database < databases.length; database++) {
            for (int number = 0; number < NUMBERS; number++) {
                KeyTable.Walk walk = at(database, number).table.walkFrom(0);
                while (walk.advance()) {
                    Object slot = walk.slot();
                    scratch.clear();
                    scratch.varint(database);
                    scratch.u8(number);
                    scratch.bytes(Slot.key(slot));
                    scratch.i64(Slot.expiry(slot));
                    scratch.varint(Slot.version(slot));
                    ValueCodec.write(scratch, Slot.value(slot));
                    sum.add(scratch);
                }
            }
        }
    }

    NumberedKeys at(int database, int number) {
        if (database >= databases.length) {
            return none;
        }
        NumberedKeys keys = databases[database][number];
        return keys == null ? none : keys;
    }

    NumberedKeys atToChange(int database, int number) {
        NumberedKeys keys = at(database, number);
        if (keys == none) {
            keys = new NumberedKeys(hash, removals);
            set(database, number, keys);
        }
        return keys;
    }

    void clear(int database, int number) {
        if (at(database, number) != none) {
            noteEmptied(database, number);
            databases[database][number] = null;
        }
    }

    void swap(int database, int one, int other) {
        noteEmptied(database, one);
        noteEmptied(database, other);
        NumberedKeys first = atToChange(database, one);
        set(database, one, atToChange(database, other));
        set(database, other, first);
    }

    private void noteEmptied(int database, int number) {
        removals.emptied(database, number, version);
    }

    /** Whether a key that is not there has not been there since the group had this version. */
    boolean isAbsentSince(int database, int number, Bytes key, long sinceVersion) {
        int tag = none.table.tagOf(key);
        return removals.latest(tag, database, number) <= sinceVersion;
    }

    /** Appends what snapshots and digests have of the group beside its keys. */
    public void writeTo(ByteWriter out) {
        out.varint(version);
        removals.writeTo(out);
    }

    /** Takes over what {@link #writeTo} wrote, before keys are loaded. */
    public void readFrom(ByteReader in) {
        version = in.varint();
        removals.readFrom(in);
    }

    /** The number, if it is one of a numbered database; else refuses the command with Redis' error. */
    public static int checked(int number) {
        if (number < 0 || number >= NUMBERS) {
            throw new CommandException("ERR DB index is out of range");
        }
        return number;
    }

    private void set(int database, int number, NumberedKeys keys) {
        if (database >= databases.length) {
            int had = databases.length;
            databases = Arrays.copyOf(databases, database + 1);
            for (int i = had; i <= database; i++) {
                databases[i] = new @Nullable NumberedKeys[NUMBERS];
            }
        }
        databases[database][number] = keys;
    }
}
