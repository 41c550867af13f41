// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** Random positions in a dense order: the same from the same draws on every replica. */
public final class Picks {
    private Picks() {}

    /** A position below the size, from a number of which all 64 bits are random. */
    public static int one(long draw, int size) {
        return (int) Math.unsignedMultiplyHigh(draw, size);
    }

    /** Positions below the size, each drawn on its own: one may come twice. */
    public static int[] repeating(LongUnaryOperator draw, int count, int size) {
        int[] picks = new int[count];
        for (int i = 0; i < count; i++) {
            picks[i] = one(draw.applyAsLong(i), size);
        }
        return picks;
    }

    /** As many different positions below the size, all of them when the count is not smaller; in ascending order. */
    public static int[] distinct(LongUnaryOperator draw, int count, int size) {
        if (count >= size) {
            return without(new int[0], size);
        }
        // Beyond the half, those left out are fewer.
        return count <= size / 2 ? sample(draw, count, size) : without(sample(draw, size - count, size), size);
    }

    // Draws what is missing until enough are different: the first so many different ones of an endless run of draws.
    private static int[] sample(LongUnaryOperator draw, int count, int size) {
        int[] picks = new int[count];
        int have = 0;
        long drawn = 0;
        while (have < count) {
            for (int i = have; i < count; i++) {
                picks[i] = one(draw.applyAsLong(drawn++), size);
            }
            Arrays.sort(picks);
            have = 0;
            for (int i = 0; i < count; i++) {
                if (i == 0 || picks[i] != picks[i - 1]) {
                    picks[have++] = picks[i];
                }
            }
        }
        return picks;
    }

    private static int[] without(int[] leftOut, int size) {
        int[] picks = new int[size - leftOut.length];
        int out = 0;
        int have = 0;
        for (int position = 0; position < size; position++) {
            if (out < leftOut.length && leftOut[out] == position) {
                out++;
            } else {
                picks[have++] = position;
            }
        }
        return picks;
    }
}
