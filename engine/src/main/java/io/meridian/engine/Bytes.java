// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A read-only run of bytes, possibly a slice of a larger array.
 *
 * <p>Equality and order are by content, unsigned. A slice is only as stable as the array behind it: whoever keeps one
 * beyond the call that gave it takes a {@link #copy()}.
 */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** Wraps the whole array without copying it. */
    public static Bytes of(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    /** Wraps a slice without copying it; throws IndexOutOfBoundsException when it does not fit. */
    public static Bytes of(byte[] array, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, array.length);
        return new Bytes(array, offset, length);
    }

    public static Bytes of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public int length() {
        return length;
    }

    public boolean isEmpty() {
        return length == 0;
    }

    /** The byte at an index from 0; throws IndexOutOfBoundsException beyond the end. */
    public byte at(int index) {
        java.util.Objects.checkIndex(index, length);
        return array[offset + index];
    }

    /** The array behind the slice: for codecs that copy from it, never to be written to. */
    public byte[] array() {
        return array;
    }

    /** Where this run starts in {@link #array()}. */
    public int offset() {
        return offset;
    }

    /** A slice of this run, from inclusive, to exclusive; shares the array. */
    public Bytes slice(int from, int to) {
        java.util.Objects.checkFromToIndex(from, to, length);
        return new Bytes(array, offset + from, to - from);
    }

    /** A run of the same content with an array of its own, exactly as long. */
    public Bytes copy() {
        return of(toArray());
    }

    /** A new array with the content. */
    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public void copyTo(byte[] target, int at) {
        System.arraycopy(array, offset, target, at, length);
    }

    /** Whether the content is this ASCII word, in any case; the word itself is given in upper case. */
    public boolean isWord(String upper) {
        if (length != upper.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int b = array[offset + i];
            if (b >= 'a' && b <= 'z') {
                b -= 'a' - 'A';
            }
            if (b != upper.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    public boolean contentEquals(byte[] other, int from, int to) {
        return Arrays.equals(array, offset, offset + length, other, from, to);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && that.contentEquals(array, offset, offset + length);
    }

    /** Not seeded: fit for maps whose keys a client cannot choose freely, or that are small. */
    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public int compareTo(Bytes that) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    /** As UTF-8 text, with U+FFFD for what is not. */
    @Override
    public String toString() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }
}
