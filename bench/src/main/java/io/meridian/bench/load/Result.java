// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

/**
 * What one run of a load came to.
 *
 * @param requests how many commands were answered
 * @param seconds from the first request to the last reply
 * @param p50Millis half of the round trips took no longer; of a pipeline, until its last reply
 * @param p99Millis 99 of 100 round trips took no longer
 */
public record Result(long requests, double seconds, double p50Millis, double p99Millis) {
    public double perSecond() {
        return requests / seconds;
    }
}
