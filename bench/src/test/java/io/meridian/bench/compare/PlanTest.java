// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.bench.machine.QuietRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    static Plan plan() {
        return new Plan(
                List.of(Row.values()),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                Path.of("bin/meridian"),
                Path.of("data"),
                false,
                "",
                new QuietRule(0.1, Duration.ZERO, false));
    }

    @Test
    void asksOnlyForTheProgramsThatItsRowsNeed() {
        assertThat(CompareCommand.programs(List.of(Row.LEARNER, Row.IDLE, Row.RESTART)))
                .isEmpty();
        assertThat(CompareCommand.programs(List.of(Row.SET_ALONE))).containsExactly("etcd");
        assertThat(CompareCommand.programs(List.of(Row.MEMORY))).containsExactly("redis-server");
        assertThat(CompareCommand.programs(List.of(Row.REST))).containsExactly("redis-benchmark", "wrk");
        assertThat(CompareCommand.programs(plan().rows()))
                .containsExactly("redis-server", "redis-benchmark", "etcd", "wrk");
    }
}
