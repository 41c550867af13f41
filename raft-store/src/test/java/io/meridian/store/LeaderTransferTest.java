// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.store.LeaderTransfer.Preference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Leadership returns to the voter that the operator prefers, and no write is lost or applied twice on the way. */
final class LeaderTransferTest {
    private static final long ELECTION = 1_000;

    @TempDir
    Path directory;

    @Test
    void thePreferredVoterLeadsAgainAfterItHasComeBackAndWritesGoOn() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of("far"))) {
            cluster.prefer("b");
            cluster.startAll();
            eventually("the preferred voter leads", () -> leads(cluster, "b"));
            AtomicBoolean isOver = new AtomicBoolean();
            CompletableFuture<List<Reply>> replies = new CompletableFuture<>();
            Thread writer = Thread.ofPlatform().daemon().name("writer").start(() -> {
                try {
                    replies.complete(increments(cluster, isOver));
                } catch (RuntimeException | Error broken) {
                    replies.completeExceptionally(broken);
                }
            });

            cluster.crash("b");
            eventually("another leads", () -> leads(cluster, "a") || leads(cluster, "c"));
            cluster.start("b");
            eventually("the preferred voter leads again", () -> leads(cluster, "b"));
            isOver.set(true);
            writer.join();

            // Each was applied once, in order: else a number would be missing, or would come twice.
            List<Reply> expected = new ArrayList<>();
            for (int i = 1; i <= replies.get().size(); i++) {
                expected.add(Reply.Int.of(i));
            }
            assertThat(replies.get()).isNotEmpty().isEqualTo(expected);
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET n")))
                    .isEqualTo(Reply.Bulk.of(Integer.toString(expected.size())));
            cluster.awaitEqualDigests();
        }
    }

    private static boolean leads(StoreCluster cluster, String node) {
        return cluster.running(node).replica().isLeader();
    }

    private static List<Reply> increments(StoreCluster cluster, AtomicBoolean isOver) {
        TestClient client = new TestClient();
        List<Reply> replies = new ArrayList<>();
        while (!isOver.get()) {
            Bundle bundle = client.bundle("INCR n");
            replies.addAll(TestClient.untilApplied(cluster::leader, bundle).replies());
        }
        return replies;
    }

    @Test
    void whoDoesNotVoteIsNotPreferred() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a"), List.of("far"))) {
            cluster.prefer("far");

            assertThatThrownBy(() -> cluster.start("a"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("node far cannot lead group here/0");
        }
    }

    @Test
    void leadershipIsGivenOnceThePreferredVoterHasKeptUpForAWhile() {
        Preference preference = new Preference(ELECTION, 0);

        assertThat(preference.isDue(true, 10)).isFalse();
        assertThat(preference.isDue(true, 10 + 4 * ELECTION - 1)).isFalse();
        assertThat(preference.isDue(true, 10 + 4 * ELECTION)).isTrue();
    }

    @Test
    void aVoterThatFellBackMustKeepUpAnew() {
        Preference preference = new Preference(ELECTION, 0);
        assertThat(preference.isDue(true, 0)).isFalse();
        assertThat(preference.isDue(false, 2 * ELECTION)).isFalse();

        assertThat(preference.isDue(true, 4 * ELECTION)).isFalse();
        assertThat(preference.isDue(true, 8 * ELECTION - 1)).isFalse();
        assertThat(preference.isDue(true, 8 * ELECTION)).isTrue();
    }

    /** An entry may have many megabytes: how many are missing says little of how long the group would wait for them. */
    @Test
    void whoKeepsUpLacksOnlyWhatHasComeSinceTheLastLook() {
        Preference preference = new Preference(ELECTION, 0);
        assertThat(preference.keepsUp(0, 10)).as("nothing is known of it").isFalse();

        assertThat(preference.keepsUp(10, 1_000)).isTrue();
        assertThat(preference.keepsUp(999, 1_000)).isFalse();
        assertThat(preference.keepsUp(1_000, 1_000)).isTrue();
        assertThat(preference.keepsUp(1_000, 1_001)).isTrue();
    }

    @Test
    void aTryIsFollowedByAPause() {
        Preference preference = new Preference(ELECTION, 0);
        assertThat(preference.isDue(true, 0)).isFalse();
        assertThat(preference.isDue(true, 4 * ELECTION)).isTrue();

        assertThat(preference.isDue(true, 4 * ELECTION + 1)).isFalse();
        assertThat(preference.isDue(true, 24 * ELECTION - 1)).isFalse();
        assertThat(preference.isDue(true, 24 * ELECTION)).isTrue();
    }

    /** One that always fails must not stop the writes every half minute for ever. */
    @Test
    void thePauseDoublesUntilThisNodeLeadsNoLonger() {
        Preference preference = new Preference(ELECTION, 0);
        assertThat(preference.isDue(true, 0)).isFalse();
        assertThat(preference.isDue(true, 4 * ELECTION)).isTrue();
        assertThat(preference.isDue(true, 24 * ELECTION)).isTrue();

        assertThat(preference.isDue(true, 64 * ELECTION - 1)).isFalse();
        assertThat(preference.isDue(true, 64 * ELECTION)).isTrue();
        assertThat(preference.isDue(true, 144 * ELECTION - 1)).isFalse();

        preference.restart();
        assertThat(preference.isDue(true, 145 * ELECTION)).isFalse();
        assertThat(preference.isDue(true, 149 * ELECTION)).isTrue();
        assertThat(preference.isDue(true, 169 * ELECTION)).isTrue();
    }

    @Test
    void aLeaderThatWasAskedToHandOverKeepsItWhenTheOtherDoesNotAnswer() throws Exception {
        try (StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of())) {
            cluster.startAll();
            TestClient client = new TestClient();
            client.run(cluster, "SET k v");
            String leader = cluster.leaderName();
            String gone = cluster.nodes().stream()
                    .filter(node -> !node.equals(leader))
                    .findFirst()
                    .orElseThrow();
            cluster.crash(gone);

            boolean moved = cluster.replica(leader).transferLeadership(Optional.of(gone), Duration.ofSeconds(2));

            assertThat(moved).isFalse();
            client.run(cluster, "SET k w");
            assertThat(TestClient.get(TestClient.readLinearizable(cluster.leader(), "GET k")))
                    .isEqualTo(Reply.Bulk.of("w"));
        }
    }
}
