// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.SipHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fields and their values in a dense order, with an index by the field's keyed hash.
 *
 * <p>Each field stands with its value in one array that never changes. The order is that of the positions; the index only
 * finds them, and is left out of copies until it is asked for: it decides no answer.
 */
final class FieldTable {
    private static final int ENTRIES_MIN = 8;
    private static final int TAG_SHIFT = 32;
    private static final long POSITION_MASK = (1L << TAG_SHIFT) - 1;
    // What stands behind the last entry, so that the heap does not keep what was removed.
    private static final byte[] NO_ENTRY = {};

    private final SipHash hash;
    private byte[][] entries;
    private int size;
    // Bytes of all fields and values.
    private long contentBytes;
    private boolean ordered = true;

    // Open addressing with linear probing: a slot is the field's tag (32 bits of its hash) above its position plus one,
    // or 0.
    // Volatile because readers build it lazily under the shared lock; two that do so at once build the same.
    private volatile long @Nullable [] slots;

    FieldTable(SipHash hash, int capacity) {
        this.hash = hash;
        this.entries = new byte[Math.max(ENTRIES_MIN, capacity)][];
    }

    private FieldTable(FieldTable other) {
        this.hash = other.hash;
        this.entries = Arrays.copyOf(other.entries, Math.max(ENTRIES_MIN, other.size));
        this.size = other.size;
        this.contentBytes = other.contentBytes;
        this.ordered = other.ordered;
    }

    /** Another table with the same entries; copies references only. */
    FieldTable copy() {
        return new FieldTable(this);
    }

    int size() {
        return size;
    }

    long contentBytes() {
        return contentBytes;
    }

    Bytes fieldAt(int position) {
        byte[] entry = entries[position];
        int start = fieldStart(entry);
        return Bytes.of(entry, start, fieldLength(entry));
    }

    Bytes valueAt(int position) {
        byte[] entry = entries[position];
        int start = fieldStart(entry) + fieldLength(entry);
        return Bytes.of(entry, start, entry.length - start);
    }

    /** The position of a field, -1 when it is not there. */
    int find(Bytes field) {
        int tag = tagOf(field);
        long[] index = slots();
        int slot = slotOf(index, tag, field);
        return slot < 0 ? -1 : positionIn(index[slot]);
    }

    /** Sets a field, at its old position or at the end; returns whether it is new. */
    boolean set(Bytes field, Bytes value) {
        byte[] entry = entryOf(field, value);
        int tag = tagOf(field);
        long[] index = slots();
        int slot = slotOf(index, tag, field);
        if (slot >= 0) {
            int position = positionIn(index[slot]);
            contentBytes += value.length() - (long) valueAt(position).length();
            entries[position] = entry;
            return false;
        }
        append(entry, tag, index);
        contentBytes += field.length() + (long) value.length();
        return true;
    }

    /**
     * Whether the fields stay in the order they came in: then those behind a removed one move up, in as many steps as there
     * are fields; else the last one takes its position.
     */
    boolean isOrdered() {
        return ordered;
    }

    /** Gives up the order of coming, for good. */
    void abandonOrder() {
        ordered = false;
    }

    /** Removes a field; returns whether it was there. */
    boolean remove(Bytes field) {
        long[] index = slots();
        int slot = slotOf(index, tagOf(field), field);
        if (slot < 0) {
            return false;
        }
        int position = positionIn(index[slot]);
        contentBytes -= field.length() + (long) valueAt(position).length();
        close(index, slot);
        int last = size - 1;
        if (ordered) {
            System.arraycopy(entries, position + 1, entries, position, last - position);
            for (int i = 0; i < index.length; i++) {
                if (index[i] != 0 && positionIn(index[i]) > position) {
                    index[i]--;
                }
            }
        } else if (position != last) {
            int moved = slotOf(index, tagOf(fieldAt(last)), fieldAt(last));
            entries[position] = entries[last];
            index[moved] = (index[moved] & ~POSITION_MASK) | (position + 1);
        }
        size = last;
        forget(last);
        return true;
    }

    /** Throws CorruptBytesException when a field stands here twice. */
    void checkDistinct() {
        for (int i = 0; i < size; i++) {
            if (find(fieldAt(i)) != i) {
                throw new CorruptBytesException("a hash with a field twice");
            }
        }
    }

    /** Adds a field that is not there, without looking. */
    void append(Bytes field, Bytes value) {
        long[] index = slots;
        append(entryOf(field, value), index == null ? 0 : tagOf(field), index);
        contentBytes += field.length() + (long) value.length();
    }

    private void append(byte[] entry, int tag, long @Nullable [] index) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + (size >> 1));
        }
        entries[size++] = entry;
        if (index == null) {
            return;
        }
        // Three quarters full at most.
        if (size > index.length - (index.length >> 2)) {
            slots = grown(index, tag);
        } else {
            place(index, tag, size);
        }
    }

    private long[] grown(long[] old, int tagOfLast) {
        long[] index = new long[old.length * 2];
        for (long slot : old) {
            if (slot != 0) {
                place(index, (int) (slot >>> TAG_SHIFT), (int) slot);
            }
        }
        place(index, tagOfLast, size);
        return index;
    }

    // Unset slots behind the size, and less room when seven eighths of it are unused.
    private void forget(int position) {
        if (size < entries.length >> 3 && entries.length > ENTRIES_MIN) {
            entries = Arrays.copyOf(entries, Math.max(ENTRIES_MIN, size * 2));
            slots = null;
        } else {
            entries[position] = NO_ENTRY;
        }
    }

    private long[] slots() {
        long[] index = slots;
        if (index == null) {
            index = new long[Math.max(ENTRIES_MIN * 2, Integer.highestOneBit(Math.max(1, size)) * 4)];
            for (int i = 0; i < size; i++) {
                place(index, tagOf(fieldAt(i)), i + 1);
            }
            slots = index;
        }
        return index;
    }

    private int tagOf(Bytes field) {
        return (int) (hash.hash(field) >>> TAG_SHIFT);
    }

    private int slotOf(long[] index, int tag, Bytes field) {
        int mask = index.length - 1;
        for (int slot = tag & mask; index[slot] != 0; slot = (slot + 1) & mask) {
            if ((int) (index[slot] >>> TAG_SHIFT) == tag && holds(entries[positionIn(index[slot])], field)) {
                return slot;
            }
        }
        return -1;
    }

    private static int positionIn(long slot) {
        return (int) slot - 1;
    }

    private static void place(long[] index, int tag, int positionPlusOne) {
        int mask = index.length - 1;
        int slot = tag & mask;
        while (index[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        index[slot] = ((long) tag << TAG_SHIFT) | positionPlusOne;
    }

    // Knuth, TAOCP vol. 3, 6.4, algorithm R: closes the gap so that no probe ends too early.
    private static void close(long[] index, int slot) {
        int mask = index.length - 1;
        int gap = slot;
        int next = slot;
        while (true) {
            next = (next + 1) & mask;
            if (index[next] == 0) {
                break;
            }
            int home = (int) (index[next] >>> TAG_SHIFT) & mask;
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                index[gap] = index[next];
                gap = next;
            }
        }
        index[gap] = 0;
    }

    // entry = fieldLength:varint field value
    private static byte[] entryOf(Bytes field, Bytes value) {
        int header = Packed.varintBytes(field.length());
        byte[] entry = new byte[Math.addExact(header + field.length(), value.length())];
        Packed.writeVarint(entry, 0, field.length());
        field.copyTo(entry, header);
        value.copyTo(entry, header + field.length());
        return entry;
    }

    private static int fieldLength(byte[] entry) {
        return Packed.readVarint(entry, 0);
    }

    private static int fieldStart(byte[] entry) {
        return Packed.varintBytes(fieldLength(entry));
    }

    private static boolean holds(byte[] entry, Bytes field) {
        int length = fieldLength(entry);
        int start = Packed.varintBytes(length);
        return length == field.length() && field.contentEquals(entry, start, start + length);
    }
}
