// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.Bytes;

/**
 * A run of list elements in a part of an array; the bytes of that part never change.
 *
 * <pre>
 * element = length:varint bytes entryLength:varint-backward      entryLength counts what stands before it
 * </pre>
 *
 * Offsets of elements are indexes in the array; they can be walked both ways.
 */
final class ListChunk {
    /** A chunk of several elements is not larger. */
    static final int BYTES_MAX = 4096;

    final byte[] array;
    final int from;
    final int to;
    final int count;

    ListChunk(byte[] array, int from, int to, int count) {
        this.array = array;
        this.from = from;
        this.to = to;
        this.count = count;
    }

    /** A chunk of one element, without room to spare. */
    static ListChunk of(Bytes element) {
        byte[] array = new byte[bytesFor(element)];
        write(array, 0, element);
        return new ListChunk(array, 0, array.length, 1);
    }

    /** How many bytes an element takes in a chunk. */
    static int bytesFor(Bytes element) {
        int inner = Math.addExact(Packed.varintBytes(element.length()), element.length());
        return Math.addExact(inner, Packed.varintBytes(inner));
    }

    static void write(byte[] array, int at, Bytes element) {
        int bytesAt = Packed.writeVarint(array, at, element.length());
        element.copyTo(array, bytesAt);
        int end = bytesAt + element.length();
        Packed.writeVarintBackward(array, end, end - at);
    }

    int bytes() {
        return to - from;
    }

    /** The offset of an element by its index in the chunk; of the end when the index is the count. */
    int offsetOf(int index) {
        if (index <= count / 2) {
            int at = from;
            for (int i = 0; i < index; i++) {
                at = next(at);
            }
            return at;
        }
        int at = to;
        for (int i = count; i > index; i--) {
            at = previous(at);
        }
        return at;
    }

    /** A slice that stays as it is. */
    Bytes elementAt(int offset) {
        int length = Packed.readVarint(array, offset);
        return Bytes.of(array, offset + Packed.varintBytes(length), length);
    }

    int next(int offset) {
        int length = Packed.readVarint(array, offset);
        int inner = Packed.varintBytes(length) + length;
        return offset + inner + Packed.varintBytes(inner);
    }

    int previous(int offset) {
        int inner = Packed.readVarintBackward(array, offset);
        return offset - Packed.varintBytes(inner) - inner;
    }

    boolean holds(int offset, Bytes element) {
        int length = Packed.readVarint(array, offset);
        int start = offset + Packed.varintBytes(length);
        return length == element.length() && element.contentEquals(array, start, start + length);
    }

    /** The elements between two offsets, so many, sharing the array unless most of it would be kept for nothing. */
    ListChunk part(int start, int end, int elements) {
        ListChunk part = new ListChunk(array, start, end, elements);
        return part.isSparse() ? part.withRoom(0, 0) : part;
    }

    /** Whether more of the array is unused than is worth keeping. */
    boolean isSparse() {
        return array.length > 256 && bytes() < array.length >> 2;
    }

    /** The same elements in an array of their own, with room on both sides. */
    ListChunk withRoom(int before, int after) {
        byte[] roomy = new byte[before + bytes() + after];
        System.arraycopy(array, from, roomy, before, bytes());
        return new ListChunk(roomy, before, before + bytes(), count);
    }

    /** Another element in place of what stands between two offsets, which is so many elements. */
    ListChunk spliced(int start, int end, int removed, Bytes element) {
        int length = bytesFor(element);
        byte[] changed = new byte[bytes() - (end - start) + length];
        System.arraycopy(array, from, changed, 0, start - from);
        write(changed, start - from, element);
        System.arraycopy(array, end, changed, start - from + length, to - end);
        return new ListChunk(changed, 0, changed.length, count - removed + 1);
    }

    /** These elements, then those of the other. */
    ListChunk joined(ListChunk other) {
        byte[] both = new byte[bytes() + other.bytes()];
        System.arraycopy(array, from, both, 0, bytes());
        System.arraycopy(other.array, other.from, both, bytes(), other.bytes());
        return new ListChunk(both, 0, both.length, count + other.count);
    }

    int countOf(Bytes element) {
        int found = 0;
        for (int at = from; at < to; at = next(at)) {
            if (holds(at, element)) {
                found++;
            }
        }
        return found;
    }

    /** Without the occurrences of an element, from one of them on (counted from 0), so many. */
    ListChunk without(Bytes element, int skipped, int removed) {
        byte[] rest = new byte[bytes() - removed * bytesFor(element)];
        int written = 0;
        int seen = 0;
        for (int at = from; at < to; ) {
            int end = next(at);
            boolean isOne = holds(at, element) && seen++ >= skipped && seen <= skipped + removed;
            if (!isOne) {
                System.arraycopy(array, at, rest, written, end - at);
                written += end - at;
            }
            at = end;
        }
        return new ListChunk(rest, 0, written, count - removed);
    }
}
