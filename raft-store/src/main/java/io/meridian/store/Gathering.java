// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

/**
 * Whether the next entry waits a moment for the clients that the last one has answered.
 *
 * <p>Clients that wait for each reply fall into two halves otherwise: while the commands of one are in an entry those of the
 * other gather, and an entry carries half of what it could. So when an entry is done, as many commands are expected as it
 * carried and as waited meanwhile; until nearly all of them are there the next one waits, but no longer than an entry takes
 * from its proposal to its end. Where they do not come in that time, as from clients far away or many that seldom write, it
 * is not tried again for a while: twice as many entries each time.
 *
 * <p>Not safe for several threads: the batcher's lock guards it.
 */
final class Gathering {
    private static final long NANOS_MAX = 4_000_000;
    /** This share of what is expected is enough, in tenths. */
    private static final int TENTHS = 9;

    private static final int LET_PASS_MAX = 256;
    private static final int SMOOTHING = 8;

    private final int percentMax;
    // A moving average, from a proposal to its end.
    private long entryNanos;
    private int expected;
    private long untilNanos;
    // Whether somebody has been kept waiting since the last entry.
    private boolean isHolding;
    // So many entries are not followed by a wait.
    private int letPass;
    private int letPassNext;

    /**
     * @param percentMax of the time an entry takes that the next may wait at most; 0 and it never does
     */
    Gathering(int percentMax) {
        this.percentMax = percentMax;
    }

    /**
     * An entry is done.
     *
     * @param commands that it carried
     * @param queued commands that wait already
     * @param nanos since its proposal
     */
    void ended(int commands, int queued, long nanos, long now) {
        entryNanos += (Math.min(nanos, NANOS_MAX) - entryNanos) / SMOOTHING;
        isHolding = false;
        if (letPass > 0) {
            letPass--;
            expected = 0;
        } else {
            expected = commands + queued;
            untilNanos = now + entryNanos * percentMax / 100;
        }
    }

    /** How long the next entry is to wait, in ns, for more than these commands, of which there is at least one; 0 not at all. */
    long waitNanos(int queued, long now) {
        if (queued * 10L >= (long) expected * TENTHS) {
            if (isHolding) {
                isHolding = false;
                letPassNext = 0;
            }
            return 0;
        }
        long left = untilNanos - now;
        if (left > 0) {
            isHolding = true;
            return left;
        }
        if (isHolding) {
            isHolding = false;
            letPassNext = Math.min(LET_PASS_MAX, 2 * letPassNext + 1);
            letPass = letPassNext;
        }
        return 0;
    }
}
