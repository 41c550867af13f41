// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.Value;
import java.util.Optional;

/**
 * The keys of one numbered database, for a mutation: what a view shows, and the ways to change it.
 *
 * <p>Used by the applier only, under the group's exclusive lock. A key that has ended by the entry's moment counts as not
 * there, and the first change to it removes what was left. Keys and values given in are copied where they are kept: callers
 * may pass slices of the entry.
 */
public interface Keyspace extends KeyspaceView {
    /**
     * Sets a key to a value, whatever it held; {@link #NEVER} for no end. The bytes of a string are copied; any other value
     * becomes the keyspace's own, and must not be another key's too. An end in the past, or an empty value, removes the key.
     */
    void put(Bytes key, Value value, long expiryMillis);

    /** Removes a key; returns whether it was there. */
    boolean remove(Bytes key);

    /**
     * The value of a key, about to be changed in place: a running snapshot keeps the old state first. After the change, and
     * only if there was one, the caller calls {@link #changed}. Strings do not change in place: they are put anew.
     */
    <V extends Value> Optional<V> findToChange(Bytes key, Class<V> type);

    /** Says that the value of the key was changed in place: its version rises; an empty value's key goes. */
    void changed(Bytes key);

    /** Sets when the key ends ({@link #NEVER} for no end); returns whether the key was there. An end in the past removes it. */
    boolean expire(Bytes key, long expiryMillis);

    /**
     * Appends to the string of a key, or sets it when there is no such key, and returns its new length; its expiry stays. Costs
     * what is appended, not what is there, once the string is long. Refuses the command with WRONGTYPE.
     */
    long append(Bytes key, Bytes more);

    /**
     * Writes over the string of a key from an offset on, zeros between its end and there, or sets it when there is no such key, and
     * returns its new length; its expiry stays. Refuses the command with WRONGTYPE.
     */
    long overwrite(Bytes key, int offset, Bytes patch);

    /**
     * Says that the command is about to take so many bytes that are not its own: by a few words that stand for many. Refuses it
     * with OOM when they are many and its entry took too many already, because the leader looks at its memory only between entries.
     */
    void takes(long bytes);

    /** Removes all keys of this numbered database, at no cost by key. */
    void clear();

    /** Exchanges all keys of this numbered database with another's (SWAPDB). */
    void swapWith(int number);

    @Override
    Keyspace numbered(int number);
}
