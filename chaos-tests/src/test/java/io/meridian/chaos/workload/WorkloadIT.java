// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.Needs;
import io.meridian.chaos.Redis;
import io.meridian.chaos.check.ExactlyOnce;
import io.meridian.chaos.check.Limits;
import io.meridian.chaos.check.Linearizability;
import io.meridian.chaos.check.SessionGuarantees;
import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import io.meridian.chaos.cluster.ProcessCluster;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Outcome;
import io.meridian.chaos.history.Recorder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The workload and the checkers on stores whose promises are known. */
class WorkloadIT {
    private static final String NODE = "us-east-1";
    private static final String REPLICA = "eu-west-1";

    private final Recorder recorder = new Recorder(System::nanoTime, 200_000);

    @TempDir
    Path folder;

    @BeforeEach
    void needs() {
        Needs.program("redis-server");
    }

    private static Workload.Settings settings() {
        return new Workload.Settings(7, 4, Duration.ofMillis(4), Duration.ofMillis(800), 2, 400);
    }

    private Workload workload(Cluster cluster) {
        return new Workload(cluster, Dialect.REDIS, recorder, settings());
    }

    private void awaitOperations(int more) {
        int before = recorder.size();
        Redis.eventually(() -> recorder.size() >= before + more, more + " more operations");
    }

    @Test
    void oneRedisThatIsKilledAndPausedKeepsEveryPromise() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 0), Redis.launcher(), folder)) {
            cluster.start();
            Redis.awaitAnswer(cluster, NODE);
            Workload workload = workload(cluster);
            workload.start();
            for (int i = 0; i < 3; i++) {
                awaitOperations(400);
                cluster.pause(NODE);
                Redis.eventually(() -> unknown() > 0, "a client gives up");
                cluster.resume(NODE);
                awaitOperations(400);
                cluster.kill(NODE);
                cluster.start(NODE);
            }
            awaitOperations(400);
            workload.stop();
            Redis.awaitAnswer(cluster, NODE);
            List<Operation> finals = workload.finalReads();

            List<Operation> history = recorder.operations();
            assertThat(workload.problems()).isEmpty();
            assertThat(unknown()).isPositive();
            assertThat(Linearizability.check(history, Limits.USUAL)).isInstanceOf(Verdict.Holds.class);
            assertThat(SessionGuarantees.check(history)).isInstanceOf(Verdict.Holds.class);
            assertThat(ExactlyOnce.check(history, finals)).isInstanceOf(Verdict.Holds.class);
        }
    }

    @Test
    void readingFromAReplicaThatStaysBehindIsFound() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 1), Redis.launcher(), folder)) {
            cluster.start();
            Redis.awaitAnswer(cluster, NODE);
            Redis.awaitAnswer(cluster, REPLICA);
            try (RespConnection replica = Redis.open(cluster, REPLICA, Duration.ofSeconds(5))) {
                follow(replica, cluster.resp(NODE).port());
                Redis.eventually(() -> isLinked(replica), "the replica follows");
                Workload workload = workload(cluster);
                workload.start();
                awaitOperations(500);
                // It goes on answering reads with what it has.
                follow(replica, 1);
                awaitOperations(1_500);
                workload.stop();
            }

            List<Operation> history = recorder.operations();
            assertThat(history).anyMatch(operation -> operation.outcome() == Outcome.FAIL);
            assertThat(Linearizability.check(history, Limits.USUAL)).isInstanceOf(Verdict.Broken.class);
            assertThat(SessionGuarantees.check(history)).isInstanceOf(Verdict.Broken.class);
        }
    }

    private long unknown() {
        return recorder.operations().stream()
                .filter(operation ->
                        operation.isUnknown() && !operation.inWords().contains("still running"))
                .count();
    }

    private static void follow(RespConnection replica, int port) {
        replica.require("REPLICAOF", "127.0.0.1", Integer.toString(port));
    }

    private static boolean isLinked(RespConnection replica) {
        return replica.require("INFO", "replication").toString().contains("master_link_status:up");
    }
}
