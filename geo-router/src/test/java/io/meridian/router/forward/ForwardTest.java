// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.forward.ForwardPair.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** Requests from one node to another, over real streams. */
class ForwardTest {
    @Test
    void aReplicaHearsOfABundleThatItCannotTake() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.leading = false;

            Fate fate = pair.submit(ForwardPair.write(1, 0)).get();

            assertThat(fate.failure()).isEqualTo("NOT_APPLIED not the leader");
            assertThat(pair.replica.handed).hasSize(1);
        }
    }

    @Test
    void whatNoRepetitionWouldChangeComesBackAsThat() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.noWrites = "no space left";

            assertThat(pair.submit(ForwardPair.write(1, 0)).get().failure()).isEqualTo("TAKES_NO_WRITES no space left");
        }
    }

    @Test
    void noBundleOvertakesOneThatWasRefused() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.leading = false;
            Fate first = pair.submit(ForwardPair.write(1, 0)).get();
            pair.replica.leading = true;

            Fate second = pair.submit(ForwardPair.write(2, 0)).get();
            Fate firstAgain = pair.submit(ForwardPair.write(1, 1)).get();
            Fate secondAgain = pair.submit(ForwardPair.write(2, 1)).get();

            assertThat(first.isApplied()).isFalse();
            assertThat(second.failure()).isEqualTo("NOT_APPLIED an earlier bundle failed");
            assertThat(firstAgain.isApplied()).isTrue();
            assertThat(secondAgain.isApplied()).isTrue();
            assertThat(pair.replica.handed).extracting(Bundle::sequence).containsExactly(1L, 1L, 2L);
        }
    }

    @Test
    void noBundleOvertakesOneWhoseStreamBroke() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.stopServer();
            Fate first = pair.submit(ForwardPair.write(1, 0)).get();

            Fate second = pair.submit(ForwardPair.write(2, 0)).get();

            assertThat(first.failure()).startsWith("NOT_APPLIED the stream to us-1 broke");
            assertThat(second.failure()).isEqualTo("NOT_APPLIED an earlier bundle failed");
        }
    }

    @Test
    void anOriginsAttemptsCountForEachGroup() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.leading = false;
            assertThat(pair.submit(ForwardPair.write(1, 6)).get().isApplied()).isFalse();
            pair.replica.leading = true;

            Bundle other = ForwardPair.write(1, 0);

            assertThat(pair.submit("eu/0", other).get().failure()).isEqualTo("NOT_APPLIED no replica of eu/0");
        }
    }

    @Test
    void aRequestThatNoMessageHoldsIsRefusedAndTheStreamGoesOn() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            Bundle tooLong = new Bundle(6, 1);
            tooLong.write(0, 0, Args.of("SET", "k", "v".repeat(ForwardClient.MESSAGE_BYTES_MAX)));

            Fate fate = pair.submit(tooLong).get();

            assertThat(fate.failure()).startsWith("NOT_APPLIED a request of ");
            assertThat(pair.submit(ForwardPair.write(1, 0)).get().isApplied()).isTrue();
        }
    }

    @Test
    void aReadsReplyOverTheLimitIsAnErrorAndTheStreamGoesOn() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.valueOf(ForwardPair.REPLY_BYTES_MAX + 1);

            Reply reply = pair.read().get();

            assertThat(reply)
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.line())
                                    .startsWith("ERR max request size exceeded. Limit: 10485760 bytes, Actual: "));
        }
    }

    @Test
    void theRepliesOfABundleNeverExceedAMessage() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.valueOf(9 << 20);

            Fate fate = pair.submit(ForwardPair.writeAndReads(10)).get();

            assertThat(fate.isApplied()).as(fate.failure()).isTrue();
            assertThat(fate.replies()).hasSize(11).startsWith(Reply.OK);
            assertThat(fate.replies().stream().filter(Reply.Bulk.class::isInstance))
                    .hasSize(7);
            assertThat(fate.replies().getLast())
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.line()).contains("together are too long"));
        }
    }

    @Test
    void manyLongRepliesAllCome() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            pair.replica.valueOf(1 << 20);
            List<CompletableFuture<Reply>> replies = new ArrayList<>();

            for (int i = 0; i < 200; i++) {
                replies.add(pair.read().thenApply(reply -> reply instanceof Reply.Bulk ? Reply.OK : reply));
            }

            for (CompletableFuture<Reply> reply : replies) {
                assertThat(reply.get()).isEqualTo(Reply.OK);
            }
        }
    }

    @Test
    void whatWasUnderWayOnABrokenStreamMayHaveBeenApplied() throws Exception {
        try (ForwardPair pair = new ForwardPair()) {
            assertThat(pair.submit(ForwardPair.write(1, 0)).get().isApplied()).isTrue();
            pair.replica.mute = true;
            CompletableFuture<Fate> unanswered = pair.submit(ForwardPair.write(2, 0));
            pair.replica.awaitHanded(2);

            pair.stopServer();

            assertThat(unanswered.get().failure()).startsWith("UNKNOWN the stream to us-1 broke");
            assertThatThrownBy(() -> pair.read().get()).isInstanceOf(ExecutionException.class);
        }
    }
}
