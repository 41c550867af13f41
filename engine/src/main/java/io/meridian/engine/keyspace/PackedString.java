// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A key with a short string in one array, which never changes: one object of heap a key.
 *
 * <pre>
 * flags:u8 version:u48 [expiry:i64] keyLength:u8|u16|i32 key value
 * flags = 1 for "has an expiry" | width of keyLength (0, 1, 2 for 1, 2, 4 bytes) &lt;&lt; 1
 * </pre>
 *
 * Snapshots hold these arrays as they are.
 */
final class PackedString {
    /** Longer values are held by an {@link Entry}, so that a new expiry does not copy them. */
    static final int VALUE_BYTES_MAX = 4096;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private static final int EXPIRY_FLAG = 1;
    private static final int HEADER_BYTES = 7;
    private static final long VERSION_MASK = (1L << 48) - 1;

    private PackedString() {}

    static byte[] pack(Bytes key, Bytes value, long expiry, long version) {
        int width = key.length() < 1 << 8 ? 0 : key.length() < 1 << 16 ? 1 : 2;
        boolean ends = expiry != KeyspaceView.NEVER;
        int lengthAt = ends ? HEADER_BYTES + 8 : HEADER_BYTES;
        int keyAt = lengthAt + (1 << width);
        byte[] packed = new byte[keyAt + key.length() + value.length()];
        int flags = (ends ? EXPIRY_FLAG : 0) | (width << 1);
        packed[0] = (byte) flags;
        SHORT.set(packed, 1, (short) (version >>> 32));
        INT.set(packed, 3, (int) version);
        if (ends) {
            LONG.set(packed, HEADER_BYTES, expiry);
        }
        switch (width) {
            case 0 -> packed[lengthAt] = (byte) key.length();
            case 1 -> SHORT.set(packed, lengthAt, (short) key.length());
            default -> INT.set(packed, lengthAt, key.length());
        }
        key.copyTo(packed, keyAt);
        value.copyTo(packed, keyAt + key.length());
        return packed;
    }

    static long expiry(byte[] packed) {
        return (packed[0] & EXPIRY_FLAG) == 0 ? KeyspaceView.NEVER : (long) LONG.get(packed, HEADER_BYTES);
    }

    static long version(byte[] packed) {
        return ((long) LONG.get(packed, 0) >>> 8) & VERSION_MASK;
    }

    static int keyStart(byte[] packed) {
        return lengthStart(packed) + (1 << (packed[0] >> 1));
    }

    static int keyEnd(byte[] packed) {
        int lengthAt = lengthStart(packed);
        return switch (packed[0] >> 1) {
            case 0 -> lengthAt + 1 + (packed[lengthAt] & 0xFF);
            case 1 -> lengthAt + 2 + ((short) SHORT.get(packed, lengthAt) & 0xFFFF);
            default -> lengthAt + 4 + (int) INT.get(packed, lengthAt);
        };
    }

    static Bytes key(byte[] packed) {
        int start = keyStart(packed);
        return Bytes.of(packed, start, keyEnd(packed) - start);
    }

    static Bytes value(byte[] packed) {
        int start = keyEnd(packed);
        return Bytes.of(packed, start, packed.length - start);
    }

    /** Refuses an array that pack cannot have made; for arrays that come from a file. */
    static void check(byte[] packed) {
        // Eight bytes at least: a version is read as a long.
        boolean good = packed.length > HEADER_BYTES && (packed[0] & ~EXPIRY_FLAG & 0xFF) <= 2 << 1;
        int keyAt = good ? keyStart(packed) : 0;
        good = good && keyAt <= packed.length;
        if (!good || keyEnd(packed) < keyAt || keyEnd(packed) > packed.length) {
            throw new CorruptBytesException("not a packed string");
        }
    }

    private static int lengthStart(byte[] packed) {
        return HEADER_BYTES + ((packed[0] & EXPIRY_FLAG) << 3);
    }
}
