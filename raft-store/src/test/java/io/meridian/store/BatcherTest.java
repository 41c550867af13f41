// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.error.RaftError;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.store.Proposal.Extra;
import io.meridian.store.Proposal.Waiting;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How bundles become entries, and what becomes of those behind one that failed. */
final class BatcherTest {
    private static final Status STEPPED_DOWN = new Status(RaftError.EPERM, "Leader stepped down");
    private static final Status BUSY = new Status(RaftError.EBUSY, "log manager is busy");

    private final FakeLog log = new FakeLog();
    private final ReplicaCounters counters = new ReplicaCounters();
    private final StoreTuning tuning =
            StoreTuning.of(2_000, 128L << 20, 30 * 60_000L).withEntriesInFlightMax(2);
    private final Batcher batcher = new Batcher(tuning, counters, log, new Gathering(0));
    private final List<String> fates = new ArrayList<>();
    private final TestClient one = new TestClient();
    private final TestClient other = new TestClient();

    /** Keeps what is proposed until the test says what becomes of it. */
    private final class FakeLog implements Batcher.Log {
        final List<Proposal> proposed = new ArrayList<>();
        final List<Waiting> readNow = new ArrayList<>();
        final List<Runnable> later = new ArrayList<>();

        @Override
        public void propose(Proposal proposal, long term) {
            proposed.add(proposal);
        }

        @Override
        public void runReads(Waiting waiting) {
            readNow.add(waiting);
            waiting.complete(counters);
        }

        @Override
        public void applied(Proposal proposal) {}

        @Override
        public void later(long nanos, Runnable action) {
            later.add(action);
        }

        void apply(int number) {
            Proposal proposal = proposed.get(number);
            assertThat(proposal.claim()).isTrue();
            proposal.applied();
        }
    }

    private Bundle submit(String name, Bundle bundle) {
        batcher.submit(bundle, completion(name));
        return bundle;
    }

    private Bundle.Completion completion(String name) {
        return new Bundle.Completion() {
            @Override
            public void applied(Reply[] replies, long incarnation, long index) {
                fates.add(name + " applied");
            }

            @Override
            public void failed(Bundle.Outcome outcome, String reason) {
                fates.add(name + " " + outcome);
            }
        };
    }

    private List<Integer> sizes() {
        return log.proposed.stream().map(proposal -> proposal.bundles.size()).toList();
    }

    @Test
    void theFirstBundlesGoAtOnceAndTheRestShareTheNextEntry() {
        batcher.lead(1, false);
        for (int i = 0; i < 10; i++) {
            submit("b" + i, one.bundle("SET k " + i));
        }

        log.apply(0);

        assertThat(sizes()).containsExactly(1, 1, 8);
        assertThat(fates).containsExactly("b0 applied");
    }

    @Test
    void aSecondEntryGoesOnceAsMuchWaitsAsTheFirstCarries() {
        batcher.lead(1, false);
        submit("first", one.bundle("SET k 1", "SET k 2", "SET k 3"));
        submit("few", other.bundle("SET k 4", "SET k 5"));
        assertThat(sizes()).containsExactly(1);

        submit("enough", one.bundle("SET k 6"));

        assertThat(sizes()).containsExactly(1, 2);
        submit("less", other.bundle("SET k 7"));
        log.apply(0);
        assertThat(sizes()).containsExactly(1, 2);
        log.apply(1);
        assertThat(sizes()).containsExactly(1, 2, 1);
    }

    @Test
    void whatFollowsAnEntryWaitsForThoseWhomItAnswered() {
        // So long that only their number can end it.
        Batcher patient = new Batcher(tuning, counters, log, new Gathering(1_000_000_000));
        patient.lead(1, false);
        patient.submit(one.bundle("SET k 1", "SET k 2", "SET k 3"), completion("first"));
        patient.submit(other.bundle("SET k 4"), completion("waits"));

        log.apply(0);
        patient.submit(one.bundle("SET k 5", "SET k 6"), completion("back"));

        assertThat(sizes()).containsExactly(1);
        assertThat(log.later).as("one alarm at a time").hasSize(1);
        patient.submit(one.bundle("SET k 7"), completion("last"));
        assertThat(sizes()).containsExactly(1, 3);
    }

    @Test
    void whoDoesNotComeIsNotWaitedForWithoutEnd() {
        Batcher patient = new Batcher(tuning, counters, log, new Gathering(100));
        patient.lead(1, false);
        patient.submit(one.bundle("SET k 1", "SET k 2", "SET k 3"), completion("first"));
        patient.submit(other.bundle("SET k 4"), completion("waits"));
        log.apply(0);

        // Each alarm looks again, and sets the next if it came too early.
        Eventually.eventually("the alarm ends it", () -> {
            List.copyOf(log.later).forEach(Runnable::run);
            return sizes().equals(List.of(1, 1));
        });
    }

    @Test
    void readsAloneAndAnEntryHalfFullWaitForNobody() {
        Batcher patient = new Batcher(tuning, counters, log, new Gathering(1_000_000_000));
        patient.lead(1, false);
        patient.submit(one.bundle("SET k 1", "SET k 2"), completion("first"));
        log.apply(0);

        patient.submit(one.bundle("GET k"), completion("read"));
        assertThat(fates).endsWith("read applied");
        patient.submit(one.bundle("SET k " + "x".repeat(Bundle.BYTES_MAX / 2)), completion("large"));

        assertThat(sizes()).containsExactly(1, 1);
    }

    @Test
    void anEntryHoldsNoMoreCommandsThanTheBoundAndALargeBundleTravelsAlone() {
        batcher.lead(1, false);
        submit("first", one.bundle("SET k 0"));
        submit("second", one.bundle("SET k 0"));
        for (int i = 0; i < Bundle.COMMANDS_MAX + 1; i++) {
            submit("small", other.bundle("SET k v"));
        }
        submit("large", other.bundle("SET k " + "x".repeat(Bundle.BYTES_MAX)));
        submit("last", other.bundle("SET k v"));

        for (int i = 0; i < 5; i++) {
            log.apply(i);
        }

        assertThat(sizes()).containsExactly(1, 1, Bundle.COMMANDS_MAX, 1, 1, 1);
        assertThat(batcher.waitingBytes()).isPositive();
        log.apply(5);
        assertThat(batcher.waitingBytes()).isZero();
    }

    @Test
    void nothingIsTakenBeforeLeadingAndGenesisComesFirst() {
        submit("early", one.bundle("SET k v"));
        batcher.lead(1, true);
        submit("late", other.bundle("SET k v"));

        assertThat(log.proposed.getFirst().extra).isEqualTo(Extra.GENESIS);
        assertThat(log.proposed.getFirst().bundles).isEmpty();
        assertThat(sizes())
                .as("a write before the genesis would stop all replicas")
                .containsExactly(0);
        log.apply(0);
        assertThat(sizes()).containsExactly(0, 1);
        assertThat(fates).containsExactly("early NOT_APPLIED");
    }

    @Test
    void aGenesisThatFailedIsProposedAgainBeforeAnythingElse() {
        batcher.lead(1, true);
        submit("write", one.bundle("SET k v"));

        log.proposed.getFirst().run(BUSY);

        assertThat(log.proposed.stream().map(proposal -> proposal.extra)).containsExactly(Extra.GENESIS, Extra.GENESIS);
        log.apply(1);
        assertThat(sizes()).containsExactly(0, 0, 1);
        log.apply(2);
        assertThat(fates).containsExactly("write applied");
    }

    @Test
    void aGenesisThatFailedAfterItsTermIsNotProposedAgain() {
        batcher.lead(1, true);
        batcher.stopLeading("test");

        log.proposed.getFirst().run(STEPPED_DOWN);
        batcher.lead(3, false);
        submit("write", one.bundle("SET k v"));

        assertThat(log.proposed.stream().map(proposal -> proposal.extra)).containsExactly(Extra.GENESIS, Extra.NONE);
    }

    /** It may lead again before Raft tells what became of its entries. */
    @Test
    void afterAnotherElectionNothingOvertakesWhatIsStillInFlight() {
        batcher.lead(1, false);
        submit("a1", one.bundle("SET k v"));
        batcher.stopLeading("test");
        batcher.lead(3, false);

        Bundle second = submit("a2", one.bundle("SET k v"));
        submit("b1", other.bundle("SET k v"));

        assertThat(fates).containsExactly("a2 NOT_APPLIED");
        log.proposed.getFirst().run(STEPPED_DOWN);
        second.attempt(1);
        submit("a2 again", second);
        log.apply(1);
        log.apply(2);
        assertThat(fates).containsExactly("a2 NOT_APPLIED", "a1 UNKNOWN", "b1 applied", "a2 again applied");
    }

    @Test
    void behindABundleThatFailedOnesOfItsOriginAreRefusedUntilItsNextAttempt() {
        batcher.lead(1, false);
        submit("a1", one.bundle("SET k v"));
        submit("b1", other.bundle("SET k v"));
        submit("a2", one.bundle("SET k v"));
        submit("b2", other.bundle("SET k v"));

        log.proposed.getFirst().run(STEPPED_DOWN);
        Bundle third = submit("a3", one.bundle("SET k v"));
        log.apply(1);

        assertThat(fates).containsExactly("a1 UNKNOWN", "a2 NOT_APPLIED", "a3 NOT_APPLIED", "b1 applied");
        assertThat(log.proposed.getLast().bundles).hasSize(1);
        third.attempt(1);
        submit("a3 again", third);
        log.apply(2);
        log.apply(3);
        assertThat(fates).contains("b2 applied", "a3 again applied");
    }

    @Test
    void aProposalThatRaftRefusedIsNotApplied() {
        batcher.lead(1, false);
        submit("a1", one.bundle("SET k v"));

        log.proposed.getFirst().run(BUSY);

        assertThat(fates).containsExactly("a1 NOT_APPLIED");
        assertThat(batcher.isInFlightEmpty()).isTrue();
    }

    @Test
    void whoTakesNoWritesSaysSoAndReadsGoOn() {
        batcher.lead(1, false);
        batcher.takeNoWrites("full");

        submit("w1", one.bundle("SET k v"));
        submit("read", other.bundle("GET k"));
        batcher.takeNoWrites(null);
        submit("w2", other.bundle("SET k v"));
        log.apply(0);

        assertThat(fates).containsExactly("w1 TAKES_NO_WRITES", "read applied", "w2 applied");
    }

    @Test
    void readsAloneAreNotProposedButRunBehindTheLastEntryInFlight() {
        batcher.lead(1, false);
        submit("read now", one.bundle("GET k"));
        submit("w1", one.bundle("SET k v"));
        submit("w2", one.bundle("SET k v"));
        log.apply(0);
        submit("read behind", one.bundle("GET k"));

        assertThat(sizes()).containsExactly(1, 1);
        assertThat(fates).containsExactly("read now applied", "w1 applied");
        log.apply(1);
        assertThat(fates).endsWith("w2 applied", "read behind applied");
    }

    @Test
    void readsBetweenWritesKeepTheirPlaceInTheEntry() {
        batcher.lead(1, false);
        submit("w1", one.bundle("SET k v"));
        submit("w2", one.bundle("SET k v"));
        submit("w3", one.bundle("SET k v"));
        submit("read", one.bundle("GET k"));
        submit("w4", one.bundle("SET k v"));

        log.apply(0);

        assertThat(log.proposed.getLast().bundles.stream().map(Waiting::isOnlyReads))
                .containsExactly(false, true, false);
    }

    @Test
    void whoStopsLeadingRefusesWhatIsQueuedAndLeavesTheRestToRaft() {
        batcher.lead(1, false);
        submit("w1", one.bundle("SET k v"));
        submit("w2", one.bundle("SET k v"));
        submit("queued", one.bundle("SET k v"));

        batcher.stopLeading("test");

        assertThat(fates).containsExactly("queued NOT_APPLIED");
        log.proposed.forEach(proposal -> proposal.run(STEPPED_DOWN));
        assertThat(fates).endsWith("w1 UNKNOWN", "w2 UNKNOWN");
        assertThat(batcher.waitingBytes()).isZero();
    }

    @Test
    void aClosureThatRaftHasLostIsGivenUpAndComesTooLate() {
        Batcher impatient = new Batcher(
                new StoreTuning(100, 1, 1 << 20, 1 << 20, 100, 100, 1 << 20, 1_000, 0, 100, 10),
                counters,
                log,
                new Gathering(0));
        impatient.lead(1, false);
        impatient.submit(one.bundle("SET k v"), new Bundle.Completion() {
            @Override
            public void applied(Reply[] replies, long incarnation, long index) {
                fates.add("applied");
            }

            @Override
            public void failed(Bundle.Outcome outcome, String reason) {
                fates.add(outcome.toString());
            }
        });

        Eventually.eventually("it is given up", () -> {
            impatient.giveUpOverdue();
            return !fates.isEmpty();
        });

        assertThat(fates).containsExactly("UNKNOWN");
        log.proposed.getFirst().run(STEPPED_DOWN);
        assertThat(log.proposed.getFirst().claim()).isFalse();
        assertThat(fates).hasSize(1);
    }

    @Test
    void anExpiryIsProposedAloneOrWithWhatWaits() {
        batcher.lead(1, false);
        List<String> after = new ArrayList<>();

        batcher.expire(() -> after.add("expired"));

        assertThat(log.proposed.getLast().extra).isEqualTo(Extra.EXPIRY);
        assertThat(after).isEmpty();
        log.apply(0);
        assertThat(after).containsExactly("expired");
        batcher.stopLeading("test");
        batcher.expire(() -> after.add("not leading"));
        assertThat(after).endsWith("not leading");
    }

    @Test
    void whilePausedBundlesWait() {
        batcher.lead(1, false);
        batcher.pause(true);
        submit("w", one.bundle("SET k v"));
        assertThat(log.proposed).isEmpty();

        batcher.pause(false);

        assertThat(log.proposed).hasSize(1);
    }
}
