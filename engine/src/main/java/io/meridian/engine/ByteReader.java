// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads what ByteWriter wrote; throws CorruptBytesException at what cannot be, never reads beyond the end. */
public final class ByteReader {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] array;
    private final int end;
    private int at;

    public ByteReader(Bytes bytes) {
        this.array = bytes.array();
        this.at = bytes.offset();
        this.end = bytes.offset() + bytes.length();
    }

    public byte[] array() {
        return array;
    }

    /** The next byte's place in {@link #array()}. */
    public int at() {
        return at;
    }

    public int remaining() {
        return end - at;
    }

    public int u8() {
        return array[take(1)] & 0xFF;
    }

    public int i32() {
        return (int) INT.get(array, take(4));
    }

    public long i64() {
        return (long) LONG.get(array, take(8));
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = array[take(1)];
            value |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new CorruptBytesException("a number of more than ten bytes at " + at);
    }

    /** A count or length: refused when there cannot be so many, so that nothing is allocated for a lie. */
    public int count() {
        long value = varint();
        if (value < 0 || value > remaining()) {
            throw new CorruptBytesException("a count of " + value + " with " + remaining() + " bytes left");
        }
        return (int) value;
    }

    /** A slice that shares the array. */
    public Bytes bytes() {
        int length = count();
        return Bytes.of(array, take(length), length);
    }

    /** Skips so many bytes and returns where they start in {@link #array()}. */
    public int take(int count) {
        if (count > end - at) {
            throw new CorruptBytesException("ends " + (count - (end - at)) + " bytes early");
        }
        int start = at;
        at += count;
        return start;
    }
}
