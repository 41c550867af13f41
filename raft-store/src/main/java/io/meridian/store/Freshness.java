// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Since when one replica is known to show everything that was committed, on this node's monotonic clock.
 *
 * <p>A leader knows from its quorum: when a round of messages that began at some time is answered by a majority in its term, no
 * other leader can have committed anything before that time. Another replica asks the leader what it has applied: once it has
 * applied as much, it is as fresh as the leader was known to be when the question was sent. No clocks are compared. Safe for
 * any thread.
 */
final class Freshness {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong freshNanos = new AtomicLong(NEVER);
    private final AtomicLong confirmedNanos = new AtomicLong(NEVER);

    /** Everything committed up to that time is shown here. */
    void freshAt(long nanos) {
        raise(freshNanos, nanos);
    }

    /** This replica was the leader at that time, and had applied all that was committed. */
    void confirmedAt(long nanos) {
        raise(confirmedNanos, nanos);
        raise(freshNanos, nanos);
    }

    /** It leads no longer: what was confirmed says nothing of a later term. */
    void forgetConfirmation() {
        confirmedNanos.set(NEVER);
    }

    private static void raise(AtomicLong cell, long nanos) {
        long last = cell.get();
        while ((last == NEVER || nanos - last > 0) && !cell.compareAndSet(last, nanos)) {
            last = cell.get();
        }
    }

    boolean isKnown() {
        return freshNanos.get() != NEVER;
    }

    /** How old what is shown here may be; Long.MAX_VALUE when that is not known. */
    long stalenessNanos() {
        return since(freshNanos.get());
    }

    /** How long ago a quorum last confirmed this leader; Long.MAX_VALUE for never. */
    long confirmationAgeNanos() {
        return since(confirmedNanos.get());
    }

    private static long since(long nanos) {
        return nanos == NEVER ? Long.MAX_VALUE : Math.max(0, System.nanoTime() - nanos);
    }
}
