// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import java.util.Arrays;
import java.util.Objects;

/**
 * The chunks of a list in order, each found by the index of an element in O(log chunks).
 *
 * <p>A chunk's ordinal is that of its first element in a count that pushes and pops at either end leave alone: it goes on
 * downwards, below zero, at the head. No chunk here is empty.
 */
final class ChunkRow {
    // What stands beside the row, so that the heap does not keep what was removed.
    private static final ListChunk NONE = new ListChunk(new byte[0], 0, 0, 0);

    private ListChunk[] chunks;
    private long[] ordinals;
    private int head;
    private int tail;
    private long endOrdinal;
    private long bytes;

    ChunkRow() {
        this.chunks = new ListChunk[] {NONE};
        this.ordinals = new long[1];
    }

    private ChunkRow(ChunkRow other) {
        this.chunks = Arrays.copyOfRange(other.chunks, other.head, Math.max(other.tail, other.head + 1));
        this.ordinals = Arrays.copyOfRange(other.ordinals, other.head, Math.max(other.tail, other.head + 1));
        this.tail = other.tail - other.head;
        this.endOrdinal = other.endOrdinal;
        this.bytes = other.bytes;
    }

    /** Another row of the same chunks. */
    ChunkRow copy() {
        return new ChunkRow(this);
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** How many elements. */
    long size() {
        return isEmpty() ? 0 : endOrdinal - ordinals[head];
    }

    /** How many bytes the elements take in their chunks. */
    long bytes() {
        return bytes;
    }

    /** How many chunks. */
    int count() {
        return tail - head;
    }

    ListChunk chunk(int at) {
        Objects.checkIndex(at, tail - head);
        return chunks[head + at];
    }

    /** The index of a chunk's first element. */
    long start(int at) {
        return ordinals[head + at] - ordinals[head];
    }

    ListChunk first() {
        return chunk(0);
    }

    ListChunk last() {
        return chunk(count() - 1);
    }

    /** Which chunk holds the element at an index. */
    int chunkOf(long index) {
        Objects.checkIndex(index, size());
        long ordinal = ordinals[head] + index;
        // Most look at an end.
        if (ordinal >= ordinals[tail - 1]) {
            return tail - 1 - head;
        }
        int found = Arrays.binarySearch(ordinals, head, tail, ordinal);
        return (found >= 0 ? found : -found - 2) - head;
    }

    /** Puts another chunk in the place of the first, its head changed. */
    void first(ListChunk chunk) {
        ListChunk old = chunks[head];
        chunks[head] = chunk;
        ordinals[head] += old.count - chunk.count;
        bytes += chunk.bytes() - old.bytes();
    }

    /** Puts another chunk in the place of the last, its tail changed. */
    void last(ListChunk chunk) {
        ListChunk old = chunks[tail - 1];
        chunks[tail - 1] = chunk;
        endOrdinal += chunk.count - old.count;
        bytes += chunk.bytes() - old.bytes();
    }

    void addFirst(ListChunk chunk) {
        if (head == 0) {
            makeRoom(true);
        }
        long ordinal = (isEmpty() ? endOrdinal : ordinals[head]) - chunk.count;
        head--;
        chunks[head] = chunk;
        ordinals[head] = ordinal;
        bytes += chunk.bytes();
    }

    void addLast(ListChunk chunk) {
        if (tail == chunks.length) {
            makeRoom(false);
        }
        chunks[tail] = chunk;
        ordinals[tail] = endOrdinal;
        tail++;
        endOrdinal += chunk.count;
        bytes += chunk.bytes();
    }

    void removeFirst() {
        bytes -= first().bytes();
        chunks[head++] = NONE;
        makeSmaller();
    }

    void removeLast() {
        bytes -= last().bytes();
        tail--;
        endOrdinal = ordinals[tail];
        chunks[tail] = NONE;
        makeSmaller();
    }

    void clear() {
        keep(0, 0);
    }

    /** Keeps the chunks from one, inclusive, to another, exclusive. */
    void keep(int from, int to) {
        drop(0, from);
        drop(to, count());
        if (head + to < tail) {
            endOrdinal = ordinals[head + to];
            tail = head + to;
        }
        head += from;
        makeSmaller();
    }

    private void drop(int from, int to) {
        for (int i = head + from; i < head + to; i++) {
            bytes -= chunks[i].bytes();
            chunks[i] = NONE;
        }
    }

    /** Puts chunks in the place of one; of several, some may be empty. */
    void replace(int at, ListChunk... by) {
        if (by.length == 1) {
            int grown = by[0].count - chunk(at).count;
            bytes += by[0].bytes() - chunk(at).bytes();
            chunks[head + at] = by[0];
            for (int i = head + at + 1; i < tail; i++) {
                ordinals[i] += grown;
            }
            endOrdinal += grown;
            return;
        }
        ListChunk[] all = new ListChunk[count() - 1 + by.length];
        System.arraycopy(chunks, head, all, 0, at);
        System.arraycopy(by, 0, all, at, by.length);
        System.arraycopy(chunks, head + at + 1, all, at + by.length, count() - at - 1);
        replaceAll(all);
    }

    /** Puts chunks in the place of all; leaves out empty ones and joins small neighbours. */
    void replaceAll(ListChunk[] all) {
        ListChunk[] kept = new ListChunk[Math.max(1, all.length)];
        int count = 0;
        for (ListChunk chunk : all) {
            if (count > 0 && kept[count - 1].bytes() + chunk.bytes() <= ListChunk.BYTES_MAX / 2) {
                kept[count - 1] = kept[count - 1].joined(chunk);
            } else if (chunk.count > 0) {
                kept[count++] = chunk;
            }
        }
        Arrays.fill(kept, count, kept.length, NONE);
        chunks = kept;
        ordinals = new long[kept.length];
        head = 0;
        tail = count;
        endOrdinal = 0;
        bytes = 0;
        for (int i = 0; i < count; i++) {
            ordinals[i] = endOrdinal;
            endOrdinal += kept[i].count;
            bytes += kept[i].bytes();
        }
    }

    /** Throws when the row is not as it must be; for tests. */
    void check() {
        long elements = 0;
        long total = 0;
        for (int i = 0; i < count(); i++) {
            ListChunk chunk = chunk(i);
            int seen = 0;
            for (int at = chunk.from; at < chunk.to; at = chunk.next(at)) {
                if (chunk.previous(chunk.next(at)) != at) {
                    throw new IllegalStateException("no way back to " + at + " in chunk " + i);
                }
                seen++;
            }
            boolean good = seen == chunk.count && seen > 0 && start(i) == elements;
            if (!good || (chunk.bytes() > ListChunk.BYTES_MAX && seen > 1)) {
                throw new IllegalStateException("chunk " + i + " has " + seen + " elements from " + start(i));
            }
            elements += seen;
            total += chunk.bytes();
        }
        if (elements != size() || total != bytes) {
            throw new IllegalStateException(elements + " elements of " + total + " bytes, not " + size());
        }
    }

    // Half as much room again, most of it at the end that asked.
    private void makeRoom(boolean atHead) {
        int count = count();
        int room = Math.max(2, count >> 1);
        move(count + room, atHead ? room - (room >> 2) : room >> 2);
    }

    private void makeSmaller() {
        if (count() < chunks.length >> 2 && chunks.length > 8) {
            move(count() * 2 + 2, (count() + 2) / 2);
        }
    }

    private void move(int length, int to) {
        ListChunk[] moved = new ListChunk[length];
        long[] movedOrdinals = new long[length];
        int count = count();
        Arrays.fill(moved, NONE);
        System.arraycopy(chunks, head, moved, to, count);
        System.arraycopy(ordinals, head, movedOrdinals, to, count);
        chunks = moved;
        ordinals = movedOrdinals;
        head = to;
        tail = to + count;
    }
}
