// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.bench.machine.QuietRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanTest {
    static Plan plan() {
        return plan(Path.of("bin/meridian"));
    }

    private static Plan plan(Path launcher) {
        return new Plan(
                List.of(Row.values()),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                launcher,
                Path.of("data"),
                false,
                "",
                new QuietRule(0.1, Duration.ZERO, false));
    }

    @Test
    void anEmptyCacheIsNone(@TempDir Path folder) throws IOException {
        Plan plan = plan(Files.createDirectory(folder.resolve("bin")).resolve("meridian"));
        assertThat(plan.nodesHaveCache()).isFalse();
        Path cache = Files.createFile(folder.resolve("meridian.aot"));
        assertThat(plan.nodesHaveCache()).isFalse();

        Files.writeString(cache, "what the JVM learnt");

        assertThat(plan.nodesHaveCache()).isTrue();
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
