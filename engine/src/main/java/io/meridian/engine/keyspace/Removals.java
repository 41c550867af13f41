// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.CorruptBytesException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a key that is not there may have been there since: what WATCH needs to know of a key that came and went.
 *
 * <p>Keeps the last version of the removed keys of each of many places, by hash: a key that goes again without having been changed
 * since somebody began to watch matters to nobody. Two keys at one place, or the same in two numbered databases, are taken for one:
 * a transaction fails then that need not. Replicated state of the group, changed under its exclusive lock.
 */
final class Removals {
    // 16,384 places, as Redis Cluster has slots: 128 KiB for a group in which keys were removed.
    private static final int PLACE_BITS = 14;
    private static final int PLACES = 1 << PLACE_BITS;

    private long @Nullable [] latest;
    // By database and number: when it was emptied or exchanged.
    private final TreeMap<Integer, Long> emptied = new TreeMap<>();

    /** A key was removed that was last changed at this version. */
    void removed(int tag, long version) {
        if (latest == null) {
            latest = new long[PLACES];
        }
        int place = tag >>> (Integer.SIZE - PLACE_BITS);
        latest[place] = Math.max(latest[place], version);
    }

    /** All keys of a numbered database were removed or exchanged, at this version. */
    void emptied(int database, int number, long version) {
        emptied.put(database * GroupKeys.NUMBERS + number, version);
    }

    /** The highest version that a key, which is not there, may have had. */
    long latest(int tag, int database, int number) {
        long ofPlace = latest == null ? 0 : latest[tag >>> (Integer.SIZE - PLACE_BITS)];
        return Math.max(ofPlace, emptied.getOrDefault(database * GroupKeys.NUMBERS + number, 0L));
    }

    /**
     * Appends all of it.
     *
     * <pre>
     * removals = places:varint (skipped:varint version:varint)* emptied:varint (databaseAndNumber:varint version:varint)*
     * </pre>
     */
    void writeTo(ByteWriter out) {
        int count = 0;
        for (int place = 0; latest != null && place < PLACES; place++) {
            count += latest[place] > 0 ? 1 : 0;
        }
        out.varint(count);
        int next = 0;
        for (int place = 0; latest != null && place < PLACES; place++) {
            if (latest[place] > 0) {
                out.varint(place - next);
                out.varint(latest[place]);
                next = place + 1;
            }
        }
        out.varint(emptied.size());
        for (Map.Entry<Integer, Long> entry : emptied.entrySet()) {
            out.varint(entry.getKey());
            out.varint(entry.getValue());
        }
    }

    /** Takes over what was written; into one that is empty. */
    void readFrom(ByteReader in) {
        long place = -1;
        for (int left = in.count(); left > 0; left--) {
            place += 1 + in.varint();
            if (place < 0 || place >= PLACES) {
                throw new CorruptBytesException("removals at the place " + place);
            }
            removed((int) place << (Integer.SIZE - PLACE_BITS), in.varint());
        }
        for (int left = in.count(); left > 0; left--) {
            emptied.put((int) in.varint(), in.varint());
        }
    }
}
