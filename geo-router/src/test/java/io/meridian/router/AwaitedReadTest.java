// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.router.testing.EngineReplica;
import io.meridian.router.testing.LoneNode;
import io.meridian.router.testing.ManualTime;
import io.meridian.router.testing.RouterHost;
import io.meridian.router.testing.SilentConnection;
import io.meridian.router.token.SessionToken;
import io.meridian.router.topology.Consistency;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One session at a node with a replica, and a home where the test answers by hand. */
class AwaitedReadTest {
    private static final long TIMEOUT_MILLIS = 500;
    private static final long PATIENCE_MILLIS = 50;

    private final ManualTime time = new ManualTime();
    private final EngineReplica replica = new EngineReplica("us/0", "here", time.loop());
    private final List<Asked> home = new ArrayList<>();
    private final List<String> replies = new ArrayList<>();
    private final RouterSession session = open();

    private record Asked(String node, Peers.ForwardedRead read, Replica.ReadCompletion completion) {
        void answer(String value, long index) {
            completion.done(Reply.Bulk.of(value), new Replica.Shown(EngineReplica.INCARNATION, index, 0));
        }
    }

    private RouterSession open() {
        RouterHost host = new RouterHost();
        Router router = new Router(
                new Router.Settings("here", "us", TIMEOUT_MILLIS, PATIENCE_MILLIS, 1024, 100, 1 << 20),
                List.of(new Router.Member("us", List.of("here", "home"), List.of(), replica)),
                LoneNode.credentials(Optional.of("main")),
                new Home(),
                host,
                LoneNode.tokens(),
                time::nanos,
                new AtomicLong(1)::getAndIncrement);
        return router.lane(time.loop()).open(Frontend.RESP, new SilentConnection());
    }

    private final class Home implements Peers {
        @Override
        public void submit(String node, String group, Bundle bundle, List<Args> reads, ForwardCompletion completion) {
            completion.failed(Bundle.Outcome.NOT_APPLIED, "takes no writes");
        }

        @Override
        public void read(String node, ForwardedRead read, Replica.ReadCompletion completion) {
            home.add(new Asked(node, read, completion));
        }

        @Override
        public void whenApplied(String node, String group, long index, Runnable arrived) {}
    }

    private boolean send(String line) {
        return session.execute(
                Args.of(line.split(" ")),
                reply -> replies.add(
                        switch (reply) {
                            case Reply.Bulk bulk -> bulk.bytes().toString();
                            case Reply.Failure failure -> failure.line();
                            default -> reply.toString();
                        }));
    }

    /** So many entries, the last of which sets k to the index that it has. */
    private void apply(int index) {
        session.raise(LoneNode.tokens().write(new SessionToken(List.of())));
        for (long i = replica.appliedIndex() + 1; i <= index; i++) {
            Bundle bundle = new Bundle(99, i);
            bundle.write(0, 0, Args.of("SET", "k", String.valueOf(i)));
            replica.submit(bundle, new Bundle.Completion() {
                @Override
                public void applied(Reply[] all, long incarnation, long at) {}

                @Override
                public void failed(Bundle.Outcome outcome, String reason) {
                    throw new AssertionError(reason);
                }
            });
        }
        time.settle();
    }

    private void saw(long index) {
        session.raise(LoneNode.tokens()
                .write(new SessionToken(List.of(new SessionToken.Seen("us/0", EngineReplica.INCARNATION, index)))));
    }

    @Test
    void aReadAtTheFloorIsAnsweredAtOnce() {
        apply(3);
        saw(3);

        send("GET k");

        assertThat(replies).containsExactly("3");
    }

    @Test
    void aReadBelowTheFloorWaitsForThisReplica() {
        apply(3);
        saw(4);

        send("GET k");
        assertThat(replies).isEmpty();
        apply(4);

        assertThat(replies).containsExactly("4");
        assertThat(home).isEmpty();
    }

    @Test
    void aReadThatLostItsPatienceGoesHomeWithItsFloorAndLeavesNothingBehind() {
        replica.follow("home");
        saw(4);

        send("GET k");
        time.pass(PATIENCE_MILLIS);
        assertThat(replica.waiting()).isEqualTo(1);
        assertThat(home).hasSize(1);
        assertThat(home.getFirst().read().floor()).isEqualTo(4);
        assertThat(home.getFirst().read().incarnation()).isEqualTo(EngineReplica.INCARNATION);
        home.getFirst().completion().done(Reply.Bulk.of("4"), new Replica.Shown(EngineReplica.INCARNATION, 4, 17));
        time.settle();

        assertThat(replies).containsExactly("4");
        assertThat(replica.waiting()).isZero();
        assertThat(session.lastRead().stalenessMillis()).isEqualTo(17);
    }

    @Test
    void aReadThatCameBeforeThisNodeServesRunsHereOnceItServesAndLeads() {
        apply(3);
        replica.serve(false);
        replica.lead(false);

        send("GET k");
        time.pass(20);
        home.getFirst().completion().failed("serves no reads");
        time.settle();
        replica.serve(true);
        replica.lead(true);
        time.pass(30);

        assertThat(replies).containsExactly("3");
    }

    @Test
    void aReadAtANodeThatHangsGoesToTheNextLeaderAtOnce() {
        replica.follow("home");
        session.level(Consistency.LINEARIZABLE);
        send("GET k");
        replica.lead(false);
        time.settle();
        assertThat(home).extracting(Asked::node).containsExactly("home");

        replica.follow("other");
        time.settle();
        assertThat(home).extracting(Asked::node).containsExactly("home", "other");
        home.get(0).completion().failed("no answer from home");
        home.get(1).answer("5", 5);
        time.settle();
        replica.follow("home");
        time.pass(TIMEOUT_MILLIS);

        assertThat(replies).containsExactly("5");
        assertThat(home).hasSize(2);
        assertThat(session.lastRead().node()).isEqualTo("other");
    }

    @Test
    void aReadIsAnsweredByAFormerLeaderToo() {
        replica.follow("home");
        session.level(Consistency.LINEARIZABLE);
        send("GET k");
        replica.follow("other");
        time.settle();

        home.get(0).answer("5", 5);
        time.settle();

        assertThat(replies).containsExactly("5");
        assertThat(session.lastRead().node()).isEqualTo("home");
    }

    @Test
    void aReadEndsWithAnErrorWhenNobodyAnswersInTime() {
        replica.serve(false);
        replica.lead(false);

        send("GET k");
        time.pass(TIMEOUT_MILLIS);

        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst()).startsWith("CLUSTERDOWN");
        assertThat(session.lastRead().level()).isEmpty();
    }

    @Test
    void anExecThatAWatchKeptFromRunningWasNoRead() {
        apply(1);
        send("GET k");
        send("WATCH k");
        apply(2);

        send("MULTI");
        send("GET k");
        send("EXEC");
        time.settle();

        assertThat(replies).endsWith(Reply.NIL_ARRAY.toString());
        assertThat(session.lastRead().index()).isEqualTo(1);
    }

    @Test
    void aReadThatIsAnsweredWithAnErrorIsNotTheLast() {
        apply(1);
        send("GET k");
        apply(2);

        send("LLEN k");

        assertThat(replies.getLast()).startsWith("WRONGTYPE");
        assertThat(session.lastRead().index()).isEqualTo(1);
    }

    @Test
    void nothingIsToldOfAReadThatIsForgotten() {
        replica.staleness(17);
        send("GET k");
        session.forgetLastRead();

        assertThat(session.lastRead().level()).isEmpty();
        assertThat(session.lastRead().stalenessMillis()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aLaterReadIsNotShownLessThanAnEarlierOneThatWentHome() {
        apply(5);
        replica.follow("home");
        session.level(Consistency.LINEARIZABLE);
        send("GET k");
        session.level(Consistency.SESSION);
        send("GET k");
        time.settle();
        assertThat(replies).isEmpty();

        home.getFirst().answer("9", 9);
        time.pass(PATIENCE_MILLIS);
        assertThat(replies).containsExactly("9");
        assertThat(home).hasSize(2);
        assertThat(home.getLast().read().floor()).isEqualTo(9);
        home.getLast().answer("10", 10);
        time.settle();

        assertThat(replies).containsExactly("9", "10");
    }

    @Test
    void repliesOfLinearizableReadsComeInTheOrderOfTheCommands() {
        replica.follow("home");
        session.level(Consistency.LINEARIZABLE);

        send("GET k");
        send("GET k");
        assertThat(home).hasSize(2);
        home.get(1).answer("7", 7);
        time.settle();
        assertThat(replies).isEmpty();
        home.get(0).answer("6", 6);
        time.settle();

        assertThat(replies).containsExactly("6", "7");
    }

    @Test
    void aLinearizableReadBehindAWriteRidesInItsBundleOrWaitsForIt() {
        session.level(Consistency.LINEARIZABLE);
        replica.hold();

        assertThat(send("SET k 1")).isTrue();
        assertThat(send("GET k")).isTrue();
        time.settle();
        assertThat(send("GET k")).isFalse();
        session.level(Consistency.SESSION);
        assertThat(send("GET k")).isTrue();
        replica.release();
        time.settle();

        assertThat(replies).hasSize(3).endsWith("1", "1");
    }

    @Test
    void syncOfATokenWaitsWhereTheReplicaKnowsOfNoIncarnation() {
        replica.incarnation(0);
        String token = LoneNode.tokens()
                .write(new SessionToken(List.of(new SessionToken.Seen("us/0", EngineReplica.INCARNATION, 2))));

        send("MERIDIAN SYNC " + token);
        time.settle();
        assertThat(replies).isEmpty();
        replica.incarnation(EngineReplica.INCARNATION);
        apply(2);

        assertThat(replies).hasSize(1);
        assertThat(replies.getFirst()).contains("OK");
        assertThat(replica.waiting()).isZero();
    }

    @Test
    void syncEndsWithAnErrorAndWaitsNoLonger() {
        String token = LoneNode.tokens()
                .write(new SessionToken(List.of(new SessionToken.Seen("us/0", EngineReplica.INCARNATION, 2))));

        send("MERIDIAN SYNC " + token + " 30");
        time.pass(30);

        assertThat(replies).containsExactly("ERR not fresh after 30 ms");
        assertThat(replica.waiting()).isZero();
    }
}
