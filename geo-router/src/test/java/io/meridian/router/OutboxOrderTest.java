// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.testing.LoneNode;
import io.meridian.router.testing.RouterHost;
import io.meridian.router.topology.Catalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order an outbox hands out what it was given, as leaders change. */
class OutboxOrderTest {
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final FarReplica replica = new FarReplica();
    private final SentBundles peers = new SentBundles();
    private final Router router = router();
    private final List<Reply> replies = new ArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownNow();
    }

    @Test
    void nothingGoesToAnotherLeaderWhileSomethingIsUnderWayToTheLast() throws Exception {
        replica.leader = "us-1";
        write("1");
        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0");

        // The replica knows already, the lane's thread has not been told yet.
        replica.leader = "us-2";
        write("2");
        assertThat(peers.sent).hasSize(1);

        onLoop(() -> {
            peers.completions.getFirst().failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
            return null;
        });
        onLoop(() -> null);
        replica.tellListeners();
        onLoop(() -> null);
        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0", "us-2: 1 attempt 1", "us-2: 2 attempt 1");
    }

    /** Each of two bundles that failed had the other voter asked at once, and that without end. */
    @Test
    void whoReachesNobodyAsksAgainAfterAPause() throws Exception {
        replica.leader = "us-1";
        write("1");
        write("2");
        replica.leader = "";
        peers.isBroken = true;

        onLoop(() -> {
            for (Peers.ForwardCompletion sent : peers.completions) {
                sent.leaderIs("us-2");
                sent.failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
            }
            return null;
        });
        for (int turn = 0; turn < 200; turn++) {
            onLoop(() -> null);
        }

        assertThat(peers.sent)
                .contains("us-2: 1 attempt 1", "us-2: 2 attempt 1")
                .hasSizeLessThan(100);
    }

    @Test
    void aLeaderThatTakesNoWritesIsNotSentThemAgain() throws Exception {
        replica.leader = "us-1";
        write("1");

        fail(0, Bundle.Outcome.TAKES_NO_WRITES);
        write("2");

        awaitSent(2);
        assertThat(replies)
                .containsExactly(
                        new Reply.Failure("MISCONF group us/0 takes no writes, nothing was applied: no space left"));
        assertThat(peers.sent).containsExactly("us-1: 1 attempt 0", "us-1: 2 attempt 1");
    }

    @Test
    void whatMayHaveBeenAppliedIsSentAgainAlsoWhereNoWritesAreTaken() throws Exception {
        replica.leader = "us-1";
        write("1");

        fail(0, Bundle.Outcome.UNKNOWN);
        awaitSent(2);
        fail(1, Bundle.Outcome.TAKES_NO_WRITES);
        awaitSent(3);
        assertThat(replies).isEmpty();
        onLoop(() -> {
            peers.completions.get(2).applied(new Reply[] {Reply.OK}, 7, 1);
            return null;
        });
        onLoop(() -> null);

        assertThat(replies).containsExactly(Reply.OK);
    }

    /** As its answer to what was sent at that place. */
    private void fail(int place, Bundle.Outcome outcome) throws Exception {
        onLoop(() -> {
            peers.completions.get(place).failed(outcome, "no space left");
            return null;
        });
        onLoop(() -> null);
    }

    private void awaitSent(int count) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (peers.sent.size() < count && System.nanoTime() - deadline < 0) {
            onLoop(() -> null);
        }
        assertThat(peers.sent).hasSize(count);
    }

    @Test
    void aBundleHoldsNoMoreBytesOfReadsThanOfWrites() throws Exception {
        replica.leader = "us-1";
        Args args = Args.of("GET", "k".repeat(100 * 1024));
        Query query = ((Command.Read) CommandTable.REDIS.require(args)).parser().parse(args);

        onLoop(() -> {
            Lane lane = router.lane(loop);
            RouterSession session = lane.open(Frontend.RESP, new NoConnection());
            Outbox outbox = lane.outbox(router.routes().getFirst());
            outbox.write(session, replies::add, 0, 0, Args.of("SET", "k", "v"));
            for (int i = 0; i < 5; i++) {
                outbox.read(session, replies::add, 0, 0, query, args);
            }
            return null;
        });
        onLoop(() -> null);

        assertThat(peers.sent).hasSize(3);
    }

    private void write(String value) throws Exception {
        onLoop(() -> {
            Lane lane = router.lane(loop);
            RouterSession session = lane.open(Frontend.RESP, new NoConnection());
            lane.outbox(router.routes().getFirst()).write(session, replies::add, 0, 0, Args.of("SET", "k", value));
            return null;
        });
        // The turn's end.
        onLoop(() -> null);
    }

    private void onLoop(Callable<?> action) throws Exception {
        var _ = loop.submit(action).get(30, TimeUnit.SECONDS);
    }

    private Router router() {
        RouterHost host = new RouterHost();
        Router made = new Router(
                new Router.Settings("eu-1", "eu", 60_000, 50, 1024, 100, 1 << 20),
                List.of(new Router.Member("us", List.of("us-1", "us-2", "us-3"), List.of(), replica)),
                new CatalogCredentials(new Catalog(List.of(), Optional.empty())),
                peers,
                host,
                LoneNode.tokens());
        host.serve(made);
        return made;
    }

    /** Remembers what was sent, and answers when the test says so, or at once that it cannot be sent. */
    private static final class SentBundles implements Peers {
        private final List<String> sent = new ArrayList<>();
        private final List<ForwardCompletion> completions = new ArrayList<>();
        private volatile boolean isBroken;

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

    /** A learner's replica, which knows the leader that the test names. */
    private static final class FarReplica implements Replica {
        private final List<Runnable> listeners = new ArrayList<>();
        private volatile String leader = "";

        void tellListeners() {
            listeners.forEach(Runnable::run);
        }

        @Override
        public String group() {
            return "us/0";
        }

        @Override
        public boolean isLeader() {
            return false;
        }

        @Override
        public boolean isServing() {
            return true;
        }

        @Override
        public Optional<String> leader() {
            return Optional.of(leader).filter(node -> !node.isEmpty());
        }

        @Override
        public long incarnation() {
            return 7;
        }

        @Override
        public long appliedIndex() {
            return 0;
        }

        @Override
        public long visibleIndex() {
            return 0;
        }

        @Override
        public long stalenessMillis() {
            return 0;
        }

        @Override
        public Reply read(int database, int number, Query query) {
            return Reply.NIL;
        }

        @Override
        public Runnable whenApplied(long index, Runnable action) {
            action.run();
            return () -> {};
        }

        @Override
        public void readLinearizable(
                int database, int number, Query query, Executor reader, ReadCompletion completion) {
            completion.failed("not the leader");
        }

        @Override
        public void submit(Bundle bundle, Bundle.Completion completion) {
            completion.failed(Bundle.Outcome.NOT_APPLIED, "not the leader");
        }

        @Override
        public void onLeaderChange(Runnable listener) {
            listeners.add(listener);
        }
    }

    /** A connection that nobody is behind. */
    private static final class NoConnection implements Connection {
        @Override
        public String remoteAddress() {
            return "127.0.0.1:1";
        }

        @Override
        public String localAddress() {
            return "127.0.0.1:2";
        }

        @Override
        public void closeAfterReply() {}

        @Override
        public void kill() {}

        @Override
        public void replies(io.meridian.engine.command.Session.ReplyMode mode) {}

        @Override
        public void resume() {}
    }
}
