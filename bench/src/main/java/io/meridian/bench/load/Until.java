// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import java.time.Duration;

/**
 * When a load ends: after so many requests or so much time, whichever is first; a batch under way is finished.
 *
 * @param requests how many are sent at most
 * @param nanos for how long new ones are sent
 */
public record Until(long requests, long nanos) {
    public static Until after(Duration time) {
        return new Until(Long.MAX_VALUE, time.toNanos());
    }

    public static Until sent(long requests) {
        return new Until(requests, Long.MAX_VALUE / 2);
    }
}
