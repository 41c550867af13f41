// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

/**
 * The time and the chance of an entry, fixed by the leader, so that every replica applies it alike.
 *
 * @param index the entry's index in the log of its group, from 1
 * @param epochMillis wall clock of the leader, never lower than that of an earlier entry of the group
 * @param seed what random picks of a mutation are drawn from
 */
public record Moment(long index, long epochMillis, long seed) {
    /** A well-mixed number for the n-th draw of a mutation: SplitMix64 over the seed (Steele et al., OOPSLA 2014). */
    public long draw(long n) {
        return mix(seed + (n + 1) * 0x9E3779B97F4A7C15L);
    }

    /** The SplitMix64 finalizer. */
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
