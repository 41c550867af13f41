// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

/**
 * Who used the machine's cores over a time, each in cores: 1.0 is one core all the time.
 *
 * @param servers what was measured
 * @param load what made the load, this process included
 * @param others everybody else on the machine
 * @param stolen what a hypervisor gave to other machines
 */
public record Usage(double seconds, double servers, double load, double others, double stolen) {
    /** What disturbed the measurement. */
    public double disturbance() {
        return others + stolen;
    }

    /** The servers' processor time for each of so many requests, in microseconds. */
    public double serverMicrosPerRequest(long requests) {
        return servers * seconds * 1e6 / requests;
    }
}
