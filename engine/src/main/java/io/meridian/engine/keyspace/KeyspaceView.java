// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.Value;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * The keys of one numbered database as they are at one time; cannot change them.
 *
 * <p>Keys that have ended by {@link #nowMillis()} are hidden. Held only as long as the group's shared lock (a query) or
 * exclusive lock (a mutation).
 */
public interface KeyspaceView {
    /** The expiry of a key that has none. */
    long NEVER = Long.MAX_VALUE;

    /** The time that decides which keys have ended: the node's clock for a query, the entry's moment for a mutation. */
    long nowMillis();

    /** A number for the n-th random pick: chance for a query, drawn from the entry's seed for a mutation. */
    long draw(long n);

    /** The value of a key, empty when there is none or it has ended. */
    Optional<Value> find(Bytes key);

    /** The same for one type; refuses the command with WRONGTYPE when the key holds another. */
    <V extends Value> Optional<V> find(Bytes key, Class<V> type);

    boolean exists(Bytes key);

    /** When the key ends, in epoch milliseconds; {@link #NEVER} without expiry; empty without key. */
    java.util.OptionalLong expiryOf(Bytes key);

    /** A number that every change of the key raises, above 0; without key one of 0 or below, which says since when (WATCH). */
    long versionOf(Bytes key);

    /**
     * Whether the key is as it was when {@link #versionOf} told this: not changed, or not there and not there meanwhile. It may say
     * no of a key that was not there all the time, seldom.
     */
    boolean isUnchanged(Bytes key, long version);

    /** How many keys there are, those included that have ended and are not removed yet, as DBSIZE counts. */
    long size();

    /** How many of them have an expiry (INFO keyspace). */
    long expiringSize();

    /** Some key by chance, empty when there is none that has not ended. */
    Optional<Bytes> randomKey();

    /**
     * Visits keys from a cursor on, in an order that is the same on every replica, and returns the cursor to go on from, 0 at
     * the end. Looks at `count` keys, and at few more; those that have ended count, but are not visited. Keys that are
     * there during the whole of an iteration are visited at least once, whatever is added or removed meanwhile (Redis' SCAN).
     *
     * @param visitor takes key and value; what it returns is not looked at by scan
     */
    long scan(long cursor, int count, BiPredicate<Bytes, Value> visitor);

    /** Visits every key that has not ended until the visitor returns false. */
    void forEach(BiPredicate<Bytes, Value> visitor);

    /** Another numbered database of the same database; refuses a number out of range with Redis' error. */
    KeyspaceView numbered(int number);

    /** The number of this one. */
    int number();
}
