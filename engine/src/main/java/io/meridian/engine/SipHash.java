// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * SipHash-1-3 (Aumasson, Bernstein, "SipHash: a fast short-input PRF"): a keyed hash that nobody can find collisions of
 * without the key.
 *
 * @param k0 the first half of the key
 * @param k1 the second half of the key
 */
public record SipHash(long k0, long k1) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    public static SipHash seeded(long seed) {
        return new SipHash(Moment.mix(seed), Moment.mix(seed + 0x9E3779B97F4A7C15L));
    }

    public long hash(Bytes bytes) {
        return hash(bytes.array(), bytes.offset(), bytes.length());
    }

    public long hash(byte[] array, int offset, int length) {
        long v0 = k0 ^ 0x736f6d6570736575L;
        long v1 = k1 ^ 0x646f72616e646f6dL;
        long v2 = k0 ^ 0x6c7967656e657261L;
        long v3 = k1 ^ 0x7465646279746573L;
        int at = offset;
        int wholeEnd = offset + (length & ~7);
        int rounds = 1;
        long word;
        // The words, then the last one with the length in it, then three rounds to finish: one copy of the round's
        // code.
        do {
            if (at < wholeEnd) {
                word = (long) LONG.get(array, at);
                v3 ^= word;
            } else if (at == wholeEnd) {
                word = lastWord(array, at, offset + length, length);
                v3 ^= word;
            } else {
                word = 0;
                v2 ^= 0xFF;
                rounds = 3;
            }
            for (int round = 0; round < rounds; round++) {
                v0 += v1;
                v2 += v3;
                v1 = Long.rotateLeft(v1, 13) ^ v0;
                v3 = Long.rotateLeft(v3, 16) ^ v2;
                v0 = Long.rotateLeft(v0, 32);
                v2 += v1;
                v0 += v3;
                v1 = Long.rotateLeft(v1, 17) ^ v2;
                v3 = Long.rotateLeft(v3, 21) ^ v0;
                v2 = Long.rotateLeft(v2, 32);
            }
            v0 ^= word;
            at += 8;
        } while (rounds == 1);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static long lastWord(byte[] array, int from, int to, int length) {
        long word = (long) length << 56;
        int shift = 0;
        for (int i = from; i < to; i++) {
            word |= (array[i] & 0xFFL) << shift;
            shift += 8;
        }
        return word;
    }
}
