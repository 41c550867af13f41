// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One command line: the command's name at 0, then its arguments.
 *
 * <p>May be a view of a frontend's buffer, refilled for the next command: valid until the call it was given to returns.
 * Whoever keeps it takes {@link #retained()}. Not safe for use by several threads while it is refilled.
 */
public final class Args {
    private byte[] array;
    // start and end of argument i at 2i and 2i+1
    private int[] bounds;
    private int count;

    public Args() {
        this.array = new byte[0];
        this.bounds = new int[16];
    }

    /** For tests and callers outside the hot path. */
    public static Args of(String... words) {
        return of(Arrays.stream(words).map(Bytes::of).toList());
    }

    public static Args of(List<Bytes> words) {
        int total = 0;
        for (Bytes word : words) {
            total += word.length();
        }
        Args args = new Args();
        byte[] joined = new byte[total];
        args.begin(joined);
        int at = 0;
        for (Bytes word : words) {
            word.copyTo(joined, at);
            args.add(at, at + word.length());
            at += word.length();
        }
        return args;
    }

    /** Empties this and points it at another array. */
    public void begin(byte[] array) {
        this.array = array;
        this.count = 0;
    }

    /** Points this at another array that has the same bytes at the same places, and more behind them. */
    public void moved(byte[] to) {
        this.array = to;
    }

    /** Appends an argument, as a slice of the array: start inclusive, end exclusive. */
    public void add(int start, int end) {
        if (2 * count == bounds.length) {
            bounds = Arrays.copyOf(bounds, bounds.length * 2);
        }
        bounds[2 * count] = start;
        bounds[2 * count + 1] = end;
        count++;
    }

    /** A copy that stays as it is, with an array of its own. */
    public Args retained() {
        Args copy = new Args();
        byte[] joined = new byte[byteCount()];
        copy.bounds = new int[Math.max(2, 2 * count)];
        copy.begin(joined);
        int at = 0;
        for (int i = 0; i < count; i++) {
            int length = lengthAt(i);
            System.arraycopy(array, bounds[2 * i], joined, at, length);
            copy.add(at, at + length);
            at += length;
        }
        return copy;
    }

    /** How many words, the name included. */
    public int count() {
        return count;
    }

    /** The sum of all words' lengths. */
    public int byteCount() {
        int total = 0;
        for (int i = 0; i < count; i++) {
            total += lengthAt(i);
        }
        return total;
    }

    public byte[] array() {
        return array;
    }

    public int startAt(int index) {
        java.util.Objects.checkIndex(index, count);
        return bounds[2 * index];
    }

    public int lengthAt(int index) {
        java.util.Objects.checkIndex(index, count);
        return bounds[2 * index + 1] - bounds[2 * index];
    }

    /** A slice of the buffer; see {@link Bytes#copy()} for keeping it. */
    public Bytes bytesAt(int index) {
        return Bytes.of(array, startAt(index), lengthAt(index));
    }

    /** Slices of the buffer from an index on, none when there is no such word. */
    public List<Bytes> bytesFrom(int index) {
        List<Bytes> words = new ArrayList<>(Math.max(0, count - index));
        for (int i = index; i < count; i++) {
            words.add(bytesAt(i));
        }
        return words;
    }

    public String textAt(int index) {
        return bytesAt(index).toString();
    }

    /** Whether the word at the index is this ASCII word, in any case; given in upper case. */
    public boolean isWord(int index, String upper) {
        int start = startAt(index);
        int length = lengthAt(index);
        if (length != upper.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int b = array[start + i];
            if (b >= 'a' && b <= 'z') {
                b -= 'a' - 'A';
            }
            if (b != upper.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A signed 64-bit number, as strict as Redis' string2ll; else refuses the command. */
    public long longAt(int index) {
        return Numbers.parseLong(array, startAt(index), lengthAt(index), Errors.NOT_AN_INTEGER);
    }

    /** The same with another error, where Redis has one of its own. */
    public long longAt(int index, Reply.Failure otherwise) {
        return Numbers.parseLong(array, startAt(index), lengthAt(index), otherwise);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : " ").append(bytesAt(i));
        }
        return text.toString();
    }
}
