// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

/**
 * All processor times at one instant; two of them make a {@link Usage}.
 *
 * @param nanos the instant, of System.nanoTime
 * @param machine of everybody
 * @param oursTicks of this process and all that it has started
 * @param serverTicks of the servers among them
 */
public record Reading(long nanos, MachineTimes machine, long oursTicks, long serverTicks) {
    // USER_HZ: 100 in every Linux there is, whatever the kernel's own clock.
    private static final double TICKS_PER_SECOND = 100;

    /** What was used between this reading and a later one of the same servers. */
    public Usage until(Reading later) {
        double seconds = Math.max(1e-9, (later.nanos - nanos) / 1e9);
        double perCore = TICKS_PER_SECOND * seconds;
        long ours = later.oursTicks - oursTicks;
        long servers = later.serverTicks - serverTicks;
        long busy = later.machine.busyTicks() - machine.busyTicks();
        long stolen = later.machine.stolenTicks() - machine.stolenTicks();
        return new Usage(
                seconds,
                servers / perCore,
                Math.max(0, ours - servers) / perCore,
                Math.max(0, busy - ours) / perCore,
                stolen / perCore);
    }
}
