// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import java.time.Duration;
import java.util.List;

/**
 * When the machine is quiet enough for a figure to mean something.
 *
 * @param coresMax what all other processes together may use
 * @param patience how long to wait for quiet before a measurement
 * @param isForced whether to measure all the same
 */
public record QuietRule(double coresMax, Duration patience, boolean isForced) {
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** Whether a measurement with this usage may be believed. */
    public boolean accepts(Usage usage) {
        return usage.disturbance() <= coresMax;
    }

    /** Waits until others leave the machine alone for a second; throws NoisyMachineException when they do not. */
    public void await() throws InterruptedException {
        if (isForced) {
            return;
        }
        long deadline = System.nanoTime() + patience.toNanos();
        Usage usage;
        do {
            Reading before = Machine.read(List.of());
            Thread.sleep(LOOK); // the time over which others are looked at
            usage = before.until(Machine.read(List.of()));
        } while (!accepts(usage) && System.nanoTime() < deadline);
        if (!accepts(usage)) {
            throw new NoisyMachineException(usage, coresMax);
        }
    }
}
