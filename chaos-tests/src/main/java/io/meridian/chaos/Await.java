// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions, never for a time. */
final class Await {
    private static final long POLL_NANOS = Duration.ofMillis(50).toNanos();

    private Await() {}

    /** Looks until the condition holds; whether it did before the deadline. */
    static boolean until(Duration deadline, BooleanSupplier condition) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }
}
