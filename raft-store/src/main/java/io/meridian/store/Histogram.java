// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts of values by size, in buckets that double: bucket b holds values of b significant bits, so 0, 1, 2-3, 4-7 and so on.
 *
 * <p>Safe for any thread.
 */
public final class Histogram {
    private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE);
    private final java.util.concurrent.atomic.LongAdder sum = new java.util.concurrent.atomic.LongAdder();

    /** Counts a value; a negative one counts as 0. */
    void add(long value) {
        long positive = Math.max(0, value);
        counts.incrementAndGet(Long.SIZE - Long.numberOfLeadingZeros(positive));
        sum.add(positive);
    }

    /** The counts so far, by bucket; a copy. */
    public long[] counts() {
        long[] copy = new long[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    /** The sum of all values. */
    public long sum() {
        return sum.sum();
    }

    /** The largest value that a bucket holds. */
    public static long upperBound(int bucket) {
        return bucket == 0 ? 0 : (1L << bucket) - 1;
    }
}
