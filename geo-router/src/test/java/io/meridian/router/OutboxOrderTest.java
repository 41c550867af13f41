// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.testing.EngineReplica;
import io.meridian.router.testing.LoneNode;
import io.meridian.router.testing.ManualTime;
import io.meridian.router.testing.RouterHost;
import io.meridian.router.testing.SilentConnection;
import io.meridian.router.topology.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** In which order an outbox hands out what it was given, as leaders change. */
class OutboxOrderTest {
    private static final long RETRY_MILLIS = 20;

    private final ManualTime time = new ManualTime();
    private final EngineReplica replica = new EngineReplica("us/0", "eu-1", time.loop());
    private final SentBundles peers = new SentBundles();
    private final List<Reply> replies = new ArrayList<>();
    private final Router router = new Router(
            new Router.Settings("eu-1", "eu", 60_000, 50, 1024, 100, 1 << 20),
            List.of(new Router.Member("us", List.of("us-1", "us-2", "us-3"), List.of(), replica)),
            new CatalogCredentials(new Catalog(List.of(), Optional.empty())),
            peers,
            new RouterHost(),
            LoneNode.tokens(),
            time::nanos,
            new AtomicLong(1)::getAndIncrement);
    private final Lane lane = router.lane(time.loop());
    private final RouterSession session = lane.open(Frontend.RESP, new SilentConnection());
    private final Outbox outbox = lane.outbox(router.routes().getFirst());

    @Test
    void nothingGoesToAnotherLeaderWhileSomethingIsUnderWayToTheLast() {
        replica.follow("us-1");
        write("1");
        time.settle();
        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0");

        write("2");
        time.after(0, () -> assertThat(peers.sent).hasSize(1));
        peers.completions.getFirst().failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
        // The replica knows before the turn ends, and the lane is told only after it.
        replica.follow("us-2");
        time.settle();

        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0", "us-2: 1 attempt 1", "us-2: 2 attempt 1");
    }

    /** Each of two bundles that failed had the other voter asked at once, and that without end. */
    @Test
    void whoReachesNobodyAsksAgainAfterAPause() {
        replica.follow("us-1");
        write("1");
        time.settle();
        write("2");
        time.settle();
        replica.lead(false);
        peers.isBroken = true;

        for (Peers.ForwardCompletion sent : peers.completions) {
            sent.leaderIs("us-2");
            sent.failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
        }
        time.settle();

        assertThat(peers.sent).hasSize(4).endsWith("us-2: 1 attempt 1", "us-2: 2 attempt 1");
        time.pass(RETRY_MILLIS);
        assertThat(peers.sent).hasSize(6);
    }

    @Test
    void aLeaderThatTakesNoWritesIsNotSentThemAgain() {
        replica.follow("us-1");
        write("1");
        time.settle();

        fail(0, Bundle.Outcome.TAKES_NO_WRITES);
        write("2");
        time.pass(RETRY_MILLIS);

        assertThat(replies)
                .containsExactly(
                        new Reply.Failure("MISCONF group us/0 takes no writes, nothing was applied: no space left"));
        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0", "us-1: 2 attempt 1");
    }

    @Test
    void whatMayHaveBeenAppliedIsSentAgainAlsoWhereNoWritesAreTaken() {
        replica.follow("us-1");
        write("1");
        time.settle();

        fail(0, Bundle.Outcome.UNKNOWN);
        fail(1, Bundle.Outcome.TAKES_NO_WRITES);
        assertThat(replies).isEmpty();
        peers.completions.get(2).applied(new Reply[] {Reply.OK}, 7, 1);
        time.settle();

        assertThat(replies).containsExactly(Reply.OK);
    }

    @Test
    void aBundleHoldsNoMoreBytesOfReadsThanOfWrites() {
        replica.follow("us-1");
        Args args = Args.of("GET", "k".repeat(100 * 1024));
        Query query = ((Command.Read) CommandTable.REDIS.require(args)).parser().parse(args);

        write("v");
        for (int i = 0; i < 5; i++) {
            outbox.read(session, replies::add, 0, 0, query, args);
        }
        time.settle();

        assertThat(peers.sent).hasSize(3);
    }

    private void write(String value) {
        outbox.write(session, replies::add, 0, 0, Args.of("SET", "k", value));
    }

    /** As its answer to what was sent at that place; then what is to be sent again is. */
    private void fail(int place, Bundle.Outcome outcome) {
        peers.completions.get(place).failed(outcome, "no space left");
        time.pass(RETRY_MILLIS);
    }

    /** Remembers what was sent, and answers when the test says so, or at once that it cannot be sent. */
    private static final class SentBundles implements Peers {
        private final List<String> sent = new ArrayList<>();
        private final List<ForwardCompletion> completions = new ArrayList<>();
        private boolean isBroken;

        @Override
        public void submit(String node, String group, Bundle bundle, List<Args> reads, ForwardCompletion completion) {
            sent.add(node + ": " + bundle.sequence() + " attempt " + bundle.attempt());
            if (isBroken) {
                completion.failed(Bundle.Outcome.NOT_APPLIED, "no stream");
            } else {
                completions.add(completion);
            }
        }

        @Override
        public void read(String node, ForwardedRead read, Replica.ReadCompletion completion) {
            throw new IllegalStateException("no read was expected");
        }

        @Override
        public void whenApplied(String node, String group, long index, Runnable arrived) {
            throw new IllegalStateException("no question was expected");
        }
    }
}
