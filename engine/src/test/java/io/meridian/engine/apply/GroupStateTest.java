// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import static io.meridian.engine.apply.Entries.apply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.CorruptEntryException;
import io.meridian.engine.entry.Transaction;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.keyspace.NumberedView;
import io.meridian.engine.value.StringValue;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Entries applied to a group: replies, order, transactions, repetition, time. */
class GroupStateTest {
    private final Entries entries = new Entries();
    private final GroupState state = GroupState.begun(CommandTable.REDIS, 1, 2);

    @Test
    void beforeItsGenesisAGroupIsEmptyAndTakesNoWrites() {
        GroupState fresh = new GroupState(CommandTable.REDIS);
        assertThat(fresh.isBegun()).isFalse();
        assertThat(fresh.view(3, 0, 0, 0).exists(Bytes.of("k"))).isFalse();
        assertThatThrownBy(() -> apply(fresh, entries.entry(10, entries.bundle("SET k v"))))
                .isInstanceOf(CorruptEntryException.class);

        GroupState other = new GroupState(CommandTable.REDIS);
        apply(other, entries.genesis(5, 6));
        apply(other, entries.genesis(7, 8));

        assertThat(other.isBegun()).isTrue();
        assertThat(other.incarnation()).isEqualTo(6);
        assertThat(other.appliedIndex()).isEqualTo(2);
    }

    @Test
    void readsRideAtTheirPlaceAmongTheWrites() {
        Bundle bundle = entries.bundle("SET k 1", "GET k", "SET k 2", "GET k");

        List<Reply> replies = apply(state, entries.entry(10, bundle), bundle);

        assertThat(replies).containsExactly(Reply.OK, Reply.Bulk.of("1"), Reply.OK, Reply.Bulk.of("2"));
    }

    @Test
    void withoutRidersEveryWriteAnswers() {
        Bundle bundle = entries.bundle("SET k 1", "GET k", "SET k 2");

        assertThat(apply(state, entries.entry(10, bundle))).containsExactly(Reply.OK, Reply.OK);
        assertThat(state.appliedIndex()).isEqualTo(1);
        assertThat(state.epochMillis()).isEqualTo(10);
        assertThat(get("k")).isEqualTo("2");
    }

    @Test
    void aRefusedCommandAnswersItsErrorAndTheNextOnesRun() {
        Bundle bundle = new Bundle(5, 1);
        bundle.write(0, 0, Args.of("SET", "k"));
        bundle.write(0, 0, Args.of("NOSUCH", "k"));
        bundle.write(0, 99, Args.of("SET", "k", "v"));
        bundle.write(0, 0, Args.of("SET", "k", "v"));

        assertThat(apply(state, entries.entry(10, bundle)))
                .containsExactly(
                        new Reply.Failure("ERR wrong number of arguments for 'set' command"),
                        new Reply.Failure("ERR unknown command 'NOSUCH', with args beginning with: 'k' "),
                        new Reply.Failure("ERR DB index is out of range"),
                        Reply.OK);
    }

    @Test
    void aReadInTheLogIsCorruption() {
        Bundle bundle = new Bundle(5, 1);
        bundle.write(0, 0, Args.of("GET", "k"));

        assertThatThrownBy(() -> apply(state, entries.entry(10, bundle))).isInstanceOf(CorruptEntryException.class);
    }

    /** Items damaged where no checksum tells: what is no command must be refused as that, never run astray. */
    @Test
    void damagedItemsAnswerOrAreRefused() {
        Random random = new Random(9);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            Bundle bundle = entries.bundle("SET key value", "SET k v");
            bundle.transaction(
                    0, new Transaction(List.of(), List.of(new Transaction.Queued(0, Args.of("SET", "k", "v")))));
            ByteWriter bytes = bundle.bytes();
            bytes.array()[random.nextInt(bytes.length())] = (byte) random.nextInt();
            GroupState fresh = GroupState.begun(CommandTable.REDIS, 1, 2);
            try {
                assertThat(apply(fresh, entries.entry(10, bundle))).hasSize(3);
            } catch (CorruptBytesException _) {
                refused++;
            }
        }
        assertThat(refused).isBetween(1_000, 19_000);
    }

    @Test
    void moreOrFewerItemsThanSaidAreCorruption() {
        Bundle more = entries.bundle("SET k 1");
        more.bytes().raw(more.bytes().toArray(), 0, more.bytes().length());
        Bytes entry = entries.entry(10, more);

        assertThatThrownBy(() -> apply(state, entry))
                .isInstanceOf(CorruptEntryException.class)
                .hasMessageContaining("more items");
    }

    @Test
    void aBundleThatComesTwiceIsAppliedOnce() {
        Bundle first = entries.bundle("SET k 1", "GET k");
        Bundle second = entries.bundle("SET k 2");
        apply(state, entries.entry(10, first), first);
        apply(state, entries.entry(10, second), second);

        List<Reply> again = apply(state, entries.entry(10, first), first);

        assertThat(again).containsExactly(Reply.OK, Reply.Bulk.of("2"));
        assertThat(get("k")).isEqualTo("2");
    }

    @Test
    void aBundleBelowWhatItsOriginWaitsForIsNotAppliedAnyMore() {
        Bundle late = entries.bundle("SET k late");
        Bundle newer = entries.bundle("SET k new");
        newer.ackedBelow(newer.sequence());
        apply(state, entries.entry(10, newer));

        List<Reply> replies = apply(state, entries.entry(10, late));

        assertThat(replies).hasSize(1);
        assertThat(((Reply.Failure) replies.getFirst()).line()).startsWith("UNKNOWN ");
        assertThat(get("k")).isEqualTo("new");
    }

    @Test
    void anOriginIsForgottenAfterItsTime() {
        Bundle bundle = entries.bundle("SET k 1");
        Bundle other = new Bundle(99, 1);
        other.write(0, 0, Args.of("SET", "k", "2"));
        apply(state, entries.entry(10, bundle));
        apply(state, entries.entry(10 + RecentReplies.FORGET_AFTER_MILLIS, other));
        assertThat(state.recentReplies().names()).containsExactly(Entries.ORIGIN, 99L);

        apply(state, entries.expire(11 + RecentReplies.FORGET_AFTER_MILLIS, 1));

        assertThat(state.recentReplies().names()).containsExactly(99L);
    }

    @Test
    void aTransactionRunsWhollyOrNotAtAll() {
        apply(state, entries.entry(10, entries.bundle("SET k 1")));
        long version = state.view(0, 0, 10, 0).versionOf(Bytes.of("k"));
        Bundle good = transaction(1, version);
        Bundle stale = transaction(2, version);

        assertThat(apply(state, entries.entry(11, good)))
                .containsExactly(new Reply.Array(List.of(
                        Reply.OK,
                        Reply.Bulk.of("2"),
                        new Reply.Failure("ERR wrong number of arguments for 'get' command"),
                        Reply.NIL)));
        assertThat(apply(state, entries.entry(12, stale))).containsExactly(Reply.NIL_ARRAY);
        assertThat(get("k")).isEqualTo("2");
    }

    private Bundle transaction(long sequence, long version) {
        Bundle bundle = new Bundle(3, sequence);
        bundle.transaction(
                0,
                new Transaction(
                        List.of(new Transaction.Watch(0, Bytes.of("k"), version)),
                        List.of(
                                new Transaction.Queued(0, Args.of("SET", "k", "2")),
                                new Transaction.Queued(0, Args.of("GET", "k")),
                                new Transaction.Queued(0, Args.of("GET")),
                                new Transaction.Queued(1, Args.of("GET", "k")))));
        return bundle;
    }

    /** Two changes of one key in one entry, and somebody watching in between. */
    @Test
    void everyChangeHasAVersionOfItsOwn() {
        Bundle first = entries.bundle("SET k 1");
        Bundle second = entries.bundle("SET k 2");
        EntryCursor cursor = state.open(1, entries.entry(10, first, second));
        cursor.applyNext(null);
        long between = state.view(0, 0, 10, 0).versionOf(Bytes.of("k"));
        assertThat(state.appliedIndex()).isZero();
        cursor.applyNext(null);

        assertThat(state.view(0, 0, 10, 0).versionOf(Bytes.of("k"))).isGreaterThan(between);
        assertThat(between).isPositive();
        assertThat(state.appliedIndex()).isEqualTo(1);
    }

    @Test
    void endedKeysAreHiddenFromEveryReadAndRemovedByAnEntry() {
        state.keyspace(0, 0, new io.meridian.engine.Moment(0, 10, 0))
                .put(Bytes.of("k"), new StringValue(Bytes.of("v")), 100);
        assertThat(state.view(0, 0, 99, 0).exists(Bytes.of("k"))).isTrue();

        assertHidden(state.view(0, 0, 100, 0), 1);
        assertThat(state.earliestExpiry()).isEqualTo(100);
        assertThat(apply(state, entries.expire(99, 10))).containsExactly(Reply.ZERO);
        assertThat(apply(state, entries.expire(100, 10))).containsExactly(Reply.ONE);
        assertThat(state.view(0, 0, 99, 0).size()).isZero();
        assertThat(state.earliestExpiry()).isEqualTo(KeyspaceView.NEVER);
    }

    private static void assertHidden(NumberedView view, int size) {
        Bytes key = Bytes.of("k");
        assertThat(view.metEnded()).isFalse();
        assertThat(view.find(key)).isEmpty();
        assertThat(view.metEnded()).isTrue();
        assertThat(view.find(key, io.meridian.engine.value.ListValue.class)).isEmpty();
        assertThat(view.exists(key)).isFalse();
        assertThat(view.expiryOf(key)).isEmpty();
        assertThat(view.versionOf(key)).isZero();
        assertThat(view.randomKey()).isEmpty();
        assertThat(view.size()).isEqualTo(size);
        view.forEach((_, _) -> {
            throw new AssertionError("shows a key that has ended");
        });
        assertThat(view.scan(0, 10, (_, _) -> {
                    throw new AssertionError("shows a key that has ended");
                }))
                .isZero();
        assertThat(view.numbered(0).find(key)).isEmpty();
    }

    @Test
    void timeNeverGoesBack() {
        apply(state, entries.entry(50, entries.bundle("SET k 1")));
        EntryCursor cursor = state.open(2, entries.entry(40, entries.bundle("SET k 2")));

        assertThat(cursor.epochMillis()).isEqualTo(50);
        assertThatThrownBy(() -> state.open(1, entries.expire(60, 1))).isInstanceOf(IllegalArgumentException.class);
    }

    private String get(String key) {
        return state.view(0, 0, 0, 0)
                .find(Bytes.of(key), StringValue.class)
                .orElseThrow()
                .bytes()
                .toString();
    }
}
