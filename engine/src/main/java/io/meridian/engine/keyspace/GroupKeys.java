// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.CommandException;
import io.meridian.engine.SipHash;
import java.util.Arrays;
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

    private final SipHash hash;
    private final NumberedKeys none;
    private @Nullable NumberedKeys[][] databases = new @Nullable NumberedKeys[0][];
    private long version;

    /** Without keys. The seed decides where keys stand, and so the order of walks and what cursors mean. */
    public GroupKeys(long seed) {
        this.hash = SipHash.seeded(seed);
        this.none = new NumberedKeys(hash);
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
            keys = new NumberedKeys(hash);
            set(database, number, keys);
        }
        return keys;
    }

    void clear(int database, int number) {
        if (at(database, number) != none) {
            databases[database][number] = null;
        }
    }

    void swap(int database, int one, int other) {
        NumberedKeys first = atToChange(database, one);
        set(database, one, atToChange(database, other));
        set(database, other, first);
    }

    static int checked(int number) {
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
