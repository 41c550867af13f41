// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ReadingTest {
    private static final double EXACT = 1e-9;

    @Test
    void readsTheTotalsOfTheMachine() {
        MachineTimes times = MachineTimes.parse("cpu  100 20 30 4000 50 6 7 8 90 10");

        assertThat(times).isEqualTo(new MachineTimes(163, 8));
        assertThatThrownBy(() -> MachineTimes.parse("cpu0 1 2 3 4 5 6 7 8 9 10"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sharesTheTimeBetweenServersLoadAndOthers() {
        Reading before = new Reading(0, new MachineTimes(1000, 10), 500, 300);
        Reading after = new Reading(TimeUnit.SECONDS.toNanos(2), new MachineTimes(1380, 30), 840, 500);

        Usage usage = before.until(after);

        assertThat(usage.seconds()).isCloseTo(2, within(EXACT));
        assertThat(usage.servers()).isCloseTo(1.0, within(EXACT));
        assertThat(usage.load()).isCloseTo(0.7, within(EXACT));
        assertThat(usage.others()).isCloseTo(0.2, within(EXACT));
        assertThat(usage.stolen()).isCloseTo(0.1, within(EXACT));
        assertThat(usage.disturbance()).isCloseTo(0.3, within(EXACT));
        assertThat(usage.serverMicrosPerRequest(100_000)).isCloseTo(20, within(EXACT));
    }

    @Test
    void aRuleAcceptsWhatIsWithinItsBound() {
        QuietRule rule = new QuietRule(0.1, java.time.Duration.ZERO, false);

        assertThat(rule.accepts(new Usage(1, 2, 1, 0.05, 0.05))).isTrue();
        assertThat(rule.accepts(new Usage(1, 2, 1, 0.05, 0.06))).isFalse();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void workOfThisProcessCountsAsLoadAndOfAChildAsServer() throws Exception {
        Process child = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
        try {
            List<Long> servers = List.of(child.pid());
            Reading before = Machine.read(servers);
            Reading after = before;
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            double sum = 0;
            // Until both have worked for a while, however busy the machine is.
            while (System.nanoTime() < deadline
                    && (after.serverTicks() - before.serverTicks() < 20
                            || after.oursTicks() - before.oursTicks() - (after.serverTicks() - before.serverTicks())
                                    < 20)) {
                for (int i = 1; i < 1_000_000; i++) {
                    sum += 1.0 / i;
                }
                after = Machine.read(servers);
            }

            Usage usage = before.until(after);

            assertThat(sum).isPositive();
            assertThat(usage.servers()).isPositive();
            assertThat(usage.load()).isPositive();
            assertThat(Machine.residentBytes(child.pid())).isPositive();
        } finally {
            child.destroyForcibly().waitFor();
        }
    }
}
