// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

/**
 * The processor time of the whole machine, as the first line of {@code /proc/stat} tells it.
 *
 * @param busyTicks spent on processes and interrupts, without waiting for disks
 * @param stolenTicks that a hypervisor gave to other machines
 */
record MachineTimes(long busyTicks, long stolenTicks) {
    /** Throws IllegalArgumentException for what is no such line. */
    static MachineTimes parse(String line) {
        // user nice system idle iowait irq softirq steal guest guest_nice; a guest's time is in user already.
        String[] fields = line.strip().split(" +", -1);
        if (fields.length < 9 || !fields[0].equals("cpu")) {
            throw new IllegalArgumentException("not the first line of /proc/stat: " + line);
        }
        long[] ticks = new long[9];
        for (int i = 1; i < ticks.length; i++) {
            ticks[i] = Long.parseLong(fields[i]);
        }
        return new MachineTimes(ticks[1] + ticks[2] + ticks[3] + ticks[6] + ticks[7], ticks[8]);
    }
}
