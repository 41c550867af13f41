// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slots that have an expiry, in the order of (expiry, key): sorted chunks in a sorted array.
 *
 * <p>A slot's expiry must not change while it is in here.
 */
final class ExpiryIndex {
    private static final int CHUNK_MAX = 256;

    private Chunk[] chunks = {new Chunk()};
    private int chunkCount = 1;
    private long size;

    /** A run of slots with their expiries beside them, so that a search touches few slots. */
    private static final class Chunk {
        long[] expiries = new long[8];

        @Nullable
        Object[] slots = new @Nullable Object[8];

        int count;

        Object slot(int place) {
            return java.util.Objects.requireNonNull(slots[place]);
        }

        void insert(int place, long expiry, Object slot) {
            if (count == slots.length) {
                expiries = Arrays.copyOf(expiries, count * 2);
                slots = Arrays.copyOf(slots, count * 2);
            }
            System.arraycopy(expiries, place, expiries, place + 1, count - place);
            System.arraycopy(slots, place, slots, place + 1, count - place);
            expiries[place] = expiry;
            slots[place] = slot;
            count++;
        }

        void remove(int place) {
            System.arraycopy(expiries, place + 1, expiries, place, count - place - 1);
            System.arraycopy(slots, place + 1, slots, place, count - place - 1);
            slots[--count] = null;
        }

        /** Moves what stands from a place on to the end of another chunk. */
        void moveTo(Chunk target, int from) {
            int moved = count - from;
            if (target.slots.length < target.count + moved) {
                target.expiries = Arrays.copyOf(target.expiries, CHUNK_MAX);
                target.slots = Arrays.copyOf(target.slots, CHUNK_MAX);
            }
            System.arraycopy(expiries, from, target.expiries, target.count, moved);
            System.arraycopy(slots, from, target.slots, target.count, moved);
            Arrays.fill(slots, from, count, null);
            target.count += moved;
            count = from;
        }
    }

    long size() {
        return size;
    }

    /** The slot that ends first, null when there is none. */
    @Nullable
    Object first() {
        return size == 0 ? null : chunks[0].slots[0];
    }

    /** When the first slot ends, {@link KeyspaceView#NEVER} when there is none. */
    long firstExpiry() {
        return size == 0 ? KeyspaceView.NEVER : chunks[0].expiries[0];
    }

    void add(Object slot) {
        long expiry = Slot.expiry(slot);
        int at = chunkOf(expiry, slot);
        Chunk chunk = chunks[at];
        if (chunk.count == CHUNK_MAX) {
            // Keys often end in the order they came: what comes last gets a chunk of its own, and full chunks stay
            // full.
            boolean atTheEnd = at == chunkCount - 1 && place(chunk, expiry, slot) == CHUNK_MAX;
            Chunk next = new Chunk();
            chunk.moveTo(next, atTheEnd ? CHUNK_MAX : CHUNK_MAX / 2);
            insertChunk(at + 1, next);
            if (atTheEnd || compare(next.expiries[0], next.slot(0), expiry, slot) <= 0) {
                chunk = next;
            }
        }
        chunk.insert(place(chunk, expiry, slot), expiry, slot);
        size++;
    }

    /** Removes a slot that is in here; throws IllegalStateException when it is not. */
    // The very slot: another with the same key would be a stale one.
    @SuppressWarnings("ReferenceEquality")
    void remove(Object slot) {
        long expiry = Slot.expiry(slot);
        int at = chunkOf(expiry, slot);
        Chunk chunk = chunks[at];
        int place = place(chunk, expiry, slot);
        if (place == chunk.count || chunk.slots[place] != slot) {
            throw new IllegalStateException("a key with an expiry is not in the index");
        }
        chunk.remove(place);
        size--;
        if (chunk.count < CHUNK_MAX / 4) {
            shrink(at);
        }
    }

    private void shrink(int at) {
        if (at + 1 < chunkCount && chunks[at].count + chunks[at + 1].count <= CHUNK_MAX / 2) {
            chunks[at + 1].moveTo(chunks[at], 0);
            removeChunk(at + 1);
        } else if (chunks[at].count == 0 && chunkCount > 1) {
            removeChunk(at);
        }
    }

    private void insertChunk(int at, Chunk chunk) {
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunkCount * 2);
        }
        System.arraycopy(chunks, at, chunks, at + 1, chunkCount - at);
        chunks[at] = chunk;
        chunkCount++;
    }

    // The places behind the count are never read.
    @SuppressWarnings("NullAway")
    private void removeChunk(int at) {
        System.arraycopy(chunks, at + 1, chunks, at, chunkCount - at - 1);
        chunks[--chunkCount] = null;
    }

    /** The last chunk that does not begin behind this slot, else the first. */
    private int chunkOf(long expiry, Object slot) {
        int low = 0;
        int high = chunkCount - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            Chunk chunk = chunks[middle];
            if (compare(chunk.expiries[0], chunk.slot(0), expiry, slot) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The first place in the chunk that is not before this slot. */
    private static int place(Chunk chunk, long expiry, Object slot) {
        int low = 0;
        int high = chunk.count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(chunk.expiries[middle], chunk.slot(middle), expiry, slot) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static int compare(long leftExpiry, Object left, long rightExpiry, Object right) {
        int order = Long.compare(leftExpiry, rightExpiry);
        return order != 0 ? order : Slot.compareKeys(left, right);
    }
}
