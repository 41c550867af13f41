// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When an entry waits for more commands, and how that is given up where nobody comes. */
final class GatheringTest {
    private static final long ENTRY_NANOS = 800_000;

    private final Gathering gathering = new Gathering(100);
    private long now = 1_000_000_000;

    /** An entry that took the usual time ends, often enough for the average to be that time. */
    private void entries(int commands, int queued) {
        for (int i = 0; i < 50; i++) {
            ended(commands, queued);
        }
    }

    private void ended(int commands, int queued) {
        now += ENTRY_NANOS;
        gathering.ended(commands, queued, ENTRY_NANOS, now);
    }

    @Test
    void thoseWhoWereAnsweredAreWaitedForUntilNearlyAllAreBack() {
        entries(25, 25);

        assertThat(gathering.waitNanos(25, now)).isBetween(ENTRY_NANOS * 9 / 10, ENTRY_NANOS);
        assertThat(gathering.waitNanos(44, now + 300_000)).isBetween(1L, ENTRY_NANOS - 300_000);
        assertThat(gathering.waitNanos(45, now + 300_000)).isZero();
    }

    @Test
    void notLongerThanAnEntryTakes() {
        entries(25, 25);

        assertThat(gathering.waitNanos(30, now)).isPositive();
        assertThat(gathering.waitNanos(30, now + ENTRY_NANOS)).isZero();
    }

    @Test
    void aSlowDiskMakesNobodyWaitForLong() {
        for (int i = 0; i < 50; i++) {
            gathering.ended(25, 25, 200_000_000, now);
        }

        assertThat(gathering.waitNanos(25, now)).isBetween(1L, 4_000_000L);
    }

    @Test
    void aLoneClientWaitsForNobody() {
        entries(1, 0);

        assertThat(gathering.waitNanos(1, now)).isZero();
        assertThat(gathering.waitNanos(1, now + 5)).isZero();
    }

    @Test
    void beforeTheFirstEntryNobodyWaits() {
        assertThat(gathering.waitNanos(1, now)).isZero();
    }

    @Test
    void whereTheyDoNotComeItIsTriedTwiceAsSeldomEachTime() {
        entries(10, 10);
        int tries = 0;
        int last = 0;
        for (int entry = 1; entry <= 1_000; entry++) {
            if (gathering.waitNanos(12, now) > 0) {
                assertThat(gathering.waitNanos(12, now + ENTRY_NANOS)).isZero();
                assertThat(entry - last).isGreaterThan(Math.min(256, 1 << tries) - 1);
                last = entry;
                tries++;
            }
            ended(10, 10);
        }
        assertThat(tries).isBetween(9, 12);

        // They are back: it pays again at once.
        while (gathering.waitNanos(12, now) == 0) {
            ended(10, 10);
        }
        assertThat(gathering.waitNanos(20, now + 10)).isZero();
        ended(20, 0);
        assertThat(gathering.waitNanos(5, now)).isPositive();
    }

    @Test
    void withoutAShareItNeverWaits() {
        Gathering never = new Gathering(0);
        for (int i = 0; i < 50; i++) {
            never.ended(25, 25, ENTRY_NANOS, now);
        }

        assertThat(never.waitNanos(1, now)).isZero();
    }
}
