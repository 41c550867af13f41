// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.error.RaftError;
import io.meridian.engine.entry.Bundle.Outcome;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JRaft's texts, on which it depends what a failure means, are those of the version in use. */
final class OutcomesTest {
    @TempDir
    Path directory;

    @Test
    void aProposalToAFollowerIsNotApplied() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            Replica follower = cluster.replicas().stream()
                    .filter(replica -> !replica.isLeader())
                    .findFirst()
                    .orElseThrow();

            Status status = propose(follower, -1);

            assertThat(status.getRaftError()).isEqualTo(RaftError.EPERM);
            assertThat(status.getErrorMsg()).isEqualTo("Is not leader.");
            assertThat(Outcomes.of(status)).isEqualTo(Outcome.NOT_APPLIED);
        }
    }

    @Test
    void aProposalOfAnotherTermIsNotApplied() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            Status status = propose(cluster.leader(), 4_711);

            assertThat(status.getRaftError()).isEqualTo(RaftError.EPERM);
            assertThat(status.getErrorMsg()).startsWith("expected_term=4711 ");
            assertThat(Outcomes.of(status)).isEqualTo(Outcome.NOT_APPLIED);
        }
    }

    @Test
    void aProposalInFlightOfALeaderThatStepsDownIsUnknown() throws Exception {
        try (StoreCluster cluster = StoreCluster.started(directory)) {
            Replica leader = cluster.leader();
            String name = cluster.leaderName();
            // Without a quorum the proposal stays in flight until the leader gives up.
            for (String node : cluster.nodes()) {
                if (!node.equals(name)) {
                    cluster.stop(node);
                }
            }

            Status status = propose(leader, -1);

            assertThat(status.getRaftError()).isEqualTo(RaftError.EPERM);
            assertThat(status.getErrorMsg()).isEqualTo("Leader stepped down");
            assertThat(Outcomes.of(status)).isEqualTo(Outcome.UNKNOWN);
        }
    }

    @Test
    void whatWasRefusedForOverloadOrAtShutdownIsNotAppliedAndAnythingElseIsUnknown() {
        assertThat(Outcomes.of(new Status(RaftError.EBUSY, "Node a log manager is busy.")))
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(Outcomes.of(new Status(RaftError.EINTERNAL, "Fail to append task.")))
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(Outcomes.of(new Status(RaftError.ENODESHUTDOWN, "Node is shutting down.")))
                .isEqualTo(Outcome.NOT_APPLIED);
        assertThat(Outcomes.of(new Status(RaftError.ETIMEDOUT, "late"))).isEqualTo(Outcome.UNKNOWN);
        assertThat(Outcomes.of(new Status(RaftError.EIO, "Corrupted LogStorage")))
                .isEqualTo(Outcome.UNKNOWN);
        assertThat(Outcomes.of(new Status(RaftError.EPERM, "something new"))).isEqualTo(Outcome.UNKNOWN);
        assertThat(Outcomes.of(new Status(-1, "no number of theirs"))).isEqualTo(Outcome.UNKNOWN);
    }

    private static Status propose(Replica replica, long expectedTerm) {
        CompletableFuture<Status> outcome = new CompletableFuture<>();
        replica.raft().apply(new Task(ByteBuffer.allocate(1), outcome::complete, expectedTerm));
        return TestClient.get(outcome);
    }
}
