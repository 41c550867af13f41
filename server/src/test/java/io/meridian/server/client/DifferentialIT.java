// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.testing.differential.Differential;
import io.meridian.engine.testing.differential.RespConnection;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.RunningCluster;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A node answers over its socket what a real Redis answers, through log and disk. For more, and for other commands:
 * {@code -Dit.test=DifferentialIT -Ddifferential.commands=1000000 -Ddifferential.seed=7}.
 */
final class DifferentialIT {
    /** For each protocol and level, so 100,000 in all. */
    private static final int COMMANDS = Integer.getInteger(Differential.COMMANDS, 25_000);

    private static final long SEED = Long.getLong(Differential.SEED, 20_260_102);

    @RegisterExtension
    private static final RunningCluster CLUSTER = new RunningCluster(ClusterPlan.oneRegion(1));

    @ParameterizedTest
    @CsvSource({"2, session", "3, session", "2, linearizable", "3, linearizable"})
    void theSameCommandsHaveTheSameRepliesAndEffects(int protocol, String level) {
        try (RespConnection node = RespConnection.open(
                "node", CLUSTER.get().resp("us-1"), protocol, "AUTH", "default+" + level, LocalCluster.token("us"))) {
            Differential run = Differential.withRedis(node, protocol, SEED + protocol, COMMANDS);

            assertThat(run.counts().values().stream().mapToInt(n -> n).sum()).isEqualTo(COMMANDS);
            assertThat(run.counts()).hasSizeGreaterThan(50);
        }
    }
}
