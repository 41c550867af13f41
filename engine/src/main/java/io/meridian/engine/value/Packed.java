// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

/** The lengths inside packed values: LEB128, readable from either side. */
final class Packed {
    private Packed() {}

    /** How many bytes a length from 0 takes: 1 below 128, 5 at most. */
    static int varintBytes(int value) {
        return value < 1 << 7 ? 1 : value < 1 << 14 ? 2 : value < 1 << 21 ? 3 : value < 1 << 28 ? 4 : 5;
    }

    /** Writes a length from 0 and returns where it ends. */
    static int writeVarint(byte[] array, int at, int value) {
        int to = at;
        int rest = value;
        while (rest >= 1 << 7) {
            array[to++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        array[to++] = (byte) rest;
        return to;
    }

    static int readVarint(byte[] array, int at) {
        int b = array[at];
        if (b >= 0) {
            return b;
        }
        int value = b & 0x7F;
        for (int shift = 7, from = at + 1; ; shift += 7, from++) {
            b = array[from];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    /** Writes a length to be read from its end, and returns where it ends. */
    static int writeVarintBackward(byte[] array, int at, int value) {
        int end = at + varintBytes(value);
        int rest = value;
        for (int to = end - 1; to >= at; to--) {
            array[to] = (byte) (to > at ? rest | 0x80 : rest);
            rest >>>= 7;
        }
        return end;
    }

    /** The length whose bytes end before an index. */
    static int readVarintBackward(byte[] array, int end) {
        int value = 0;
        for (int shift = 0, from = end - 1; ; shift += 7, from--) {
            int b = array[from];
            value |= (b & 0x7F) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }
}
