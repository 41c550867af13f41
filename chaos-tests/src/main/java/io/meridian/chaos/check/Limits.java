// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import java.time.Duration;

/**
 * How much one search may cost before it gives up undecided.
 *
 * @param time wall-clock time of the search
 * @param configurations how many different (operations taken, state) pairs it may remember; some 200 bytes each
 */
public record Limits(Duration time, int configurations) {
    public static final Limits USUAL = new Limits(Duration.ofSeconds(30), 2_000_000);

    public Limits withTime(Duration other) {
        return new Limits(other, configurations);
    }
}
