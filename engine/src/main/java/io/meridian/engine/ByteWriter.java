// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing array of bytes with the few primitives that our formats are made of; big-endian, LEB128 for counts. */
public final class ByteWriter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    // Arrays of some bytes more are refused by some virtual machines.
    private static final int LENGTH_MAX = Integer.MAX_VALUE - 16;

    private byte[] array;
    private int length;

    public ByteWriter(int capacity) {
        this.array = new byte[Math.max(16, capacity)];
    }

    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    public byte[] toArray() {
        return Arrays.copyOf(array, length);
    }

    public Bytes toBytes() {
        return Bytes.of(array, 0, length);
    }

    public void u8(int value) {
        reserve(1);
        array[length++] = (byte) value;
    }

    public void i32(int value) {
        reserve(4);
        INT.set(array, length, value);
        length += 4;
    }

    /** Overwrites four bytes written before: a checksum or a length that is known only afterwards. */
    public void i32At(int at, int value) {
        java.util.Objects.checkFromIndexSize(at, 4, length);
        INT.set(array, at, value);
    }

    public void i64(long value) {
        reserve(8);
        LONG.set(array, length, value);
        length += 8;
    }

    /** An unsigned LEB128 number: 1 byte below 128, 10 at most. */
    public void varint(long value) {
        reserve(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            array[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
    }

    /** The length as a varint, then the content. */
    public void bytes(Bytes bytes) {
        bytes(bytes.array(), bytes.offset(), bytes.length());
    }

    public void bytes(byte[] source, int offset, int count) {
        varint(count);
        raw(source, offset, count);
    }

    /** The content without its length. */
    public void raw(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, array, length, count);
        length += count;
    }

    private void reserve(int count) {
        if (array.length - length < count) {
            // Half as much again: an entry's buffer is kept for the next, so that it grows only in the beginning.
            long grown = Math.min(LENGTH_MAX, array.length + (long) (array.length >> 1));
            array = Arrays.copyOf(array, (int) Math.max(Math.addExact(length, count), grown));
        }
    }
}
