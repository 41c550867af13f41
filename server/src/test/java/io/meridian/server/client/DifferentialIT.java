// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.testing.CommandLine;
import io.meridian.engine.testing.differential.Differential;
import io.meridian.engine.testing.differential.RedisServer;
import io.meridian.engine.testing.differential.RespConnection;
import io.meridian.engine.testing.differential.RespValue;
import io.meridian.server.testing.ClusterPlan;
import io.meridian.server.testing.LocalCluster;
import io.meridian.server.testing.RunningCluster;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A transaction on a key that was not there when it was watched, and what another client does before EXEC. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET k",
                "DEL k",
                "SET k 1",
                "SET k 1; DEL k",
                "SET k 1; GETDEL k",
                "SET k 1; EXPIRE k -1",
                "SET k 1; RENAME k other",
                "SET k 1; MOVE k 1",
                "RPUSH k a; LPOP k",
                "HSET k f v; HDEL k f",
                "SET k 1; FLUSHDB",
                "SET k 1; FLUSHALL",
                "SET k 1; SWAPDB 0 1",
                "SET old 1; DEL old"
            })
    void aWatchedKeyThatIsNotThereEndsATransactionWhenItCame(String lines) {
        try (RedisServer server = RedisServer.start();
                RespConnection redis = server.connect(2);
                RespConnection otherOfRedis = server.connect(2);
                RespConnection node = connect();
                RespConnection otherOfNode = connect()) {
            assertThat(exec(node, otherOfNode, lines)).isEqualTo(exec(redis, otherOfRedis, lines));
        }
    }

    private static RespConnection connect() {
        return RespConnection.open(
                "node", CLUSTER.get().resp("us-1"), 2, "AUTH", "default+linearizable", LocalCluster.token("us"));
    }

    private static RespValue exec(RespConnection one, RespConnection other, String lines) {
        other.send(List.of(CommandLine.split("FLUSHALL")));
        one.send(List.of(CommandLine.split("WATCH k")));
        for (String line : lines.split("; ", -1)) {
            other.send(List.of(CommandLine.split(line)));
        }
        return one.send(List.of(CommandLine.split("MULTI"), CommandLine.split("SET k mine"), CommandLine.split("EXEC")))
                .getLast();
    }
}
