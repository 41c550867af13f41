// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import static io.meridian.engine.apply.Entries.apply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Errors;
import io.meridian.engine.Moment;
import io.meridian.engine.Reply;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.CorruptEntryException;
import io.meridian.engine.entry.Transaction;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.keyspace.NumberedView;
import io.meridian.engine.value.ListValue;
import io.meridian.engine.value.StringValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** The next leader's clock may be far ahead, and the bundle's origin still waiting. */
    @Test
    void aBundleThatComesTwiceIsAppliedOnceWhateverTheClocksSay() {
        Bundle bundle = entries.bundle("INCR n");
        apply(state, entries.entry(10, bundle));
        apply(state, entries.expire(10 + 24 * 3_600_000, 1));

        List<Reply> again = apply(state, entries.entry(11 + 24 * 3_600_000, bundle));

        assertThat(again).containsExactly(Reply.ONE);
        assertThat(get("n")).isEqualTo("1");
    }

    /** What Redis answers, where keys do not share a place by chance: a key that came and went has changed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        SET other 1                             | true
        DEL none                                | true
        DEL old                                 | true
        SET k 1                                 | false
        SET k 1, DEL k                          | false
        SET k 1 PX 1, PASS, SET other 1         | false
        SET k 1 PX 1, PASS, EXPIRE-NOW          | false
        SET k 1, EXPIRE k -1                    | false
        SET k 1, RENAME k other                 | false
        RENAME old k, RENAME k other            | false
        RENAME old other                        | true
        RPUSH k a, LPOP k                       | false
        HSET k f v, HDEL k f                    | false
        SET k 1, GETDEL k                       | false
        SET k 1, MOVE k 1                       | false
        SET k 1, FLUSHDB                        | false
        SET k 1, FLUSHALL                       | false
        SET k 1, SWAPDB 0 1                     | false
        SET k 1, SWAPDB 0 1, SWAPDB 0 1, DEL k  | false
        SWAPDB 2 3                              | true
        """)
    void aWatchedKeyThatIsNotThereHasChangedWhenItCameAndWent(String lines, boolean runs) throws IOException {
        apply(state, entries.entry(10, entries.bundle("SET old 1", "SET k 1", "DEL k", "SET k 1 PX 5")));
        apply(state, entries.expire(20, 10));
        long version = state.view(0, 0, 20, 0).versionOf(Bytes.of("k"));
        long millis = 20;
        for (String line : lines.split(", ", -1)) {
            switch (line) {
                case "PASS" -> millis += 100;
                case "EXPIRE-NOW" -> apply(state, entries.expire(millis, 10));
                default -> apply(state, entries.entry(millis, entries.bundle(line)));
            }
        }
        Bundle exec = new Bundle(3, 1);
        exec.transaction(
                0,
                new Transaction(
                        List.of(new Transaction.Watch(0, Bytes.of("k"), version)),
                        List.of(new Transaction.Queued(0, Args.of("SET", "k", "mine")))));
        GroupState loaded = SnapshotTest.load(SnapshotTest.save(state));
        Bytes entry = entries.entry(millis, exec);

        List<Reply> replies = apply(state, entry);

        assertThat(replies).containsExactly(runs ? new Reply.Array(List.of(Reply.OK)) : Reply.NIL_ARRAY);
        assertThat(apply(loaded, entry)).as("on a replica from a snapshot").isEqualTo(replies);
        assertThat(loaded.digest()).isEqualTo(state.digest());
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
        assertThat(view.versionOf(key)).isNotPositive();
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
    void withoutMemoryWhatTakesSomeIsRefusedAndTheRestRuns() {
        apply(state, entries.entry(10, entries.bundle("SET k 1", "SET other 1")));
        Bundle bundle = entries.bundle("SET k 2", "DEL other");
        Bundle transaction = new Bundle(3, 1);
        transaction.transaction(
                0,
                new Transaction(
                        List.of(),
                        List.of(
                                new Transaction.Queued(0, Args.of("DEL", "k")),
                                new Transaction.Queued(0, Args.of("NOSUCH")),
                                new Transaction.Queued(0, Args.of("SET", "k", "2")))));
        Bundle removal = new Bundle(3, 2);
        removal.transaction(0, new Transaction(List.of(), List.of(new Transaction.Queued(0, Args.of("EXISTS", "k")))));

        List<Reply> replies = apply(state, entries.full(11, bundle, transaction, removal));

        assertThat(replies)
                .containsExactly(
                        Errors.OUT_OF_MEMORY,
                        Reply.ONE,
                        new Reply.Failure("EXECABORT Transaction discarded because of: OOM command not allowed when"
                                + " used memory > 'maxmemory'."),
                        new Reply.Array(List.of(Reply.ONE)));
        assertThat(get("k")).isEqualTo("1");
        assertThat(apply(state, entries.entry(12, bundle)))
                .as("a repetition once there is memory again")
                .containsExactly(Errors.OUT_OF_MEMORY, Reply.ONE);
        assertThat(apply(state, entries.entry(13, entries.bundle("SET k 3")))).containsExactly(Reply.OK);
    }

    /** One entry of 2,000 bytes would else take some GiB before its leader could look at its memory. */
    @Test
    void fewWordsCannotTakeMuchMemoryInOneEntry() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((48 << 20) - 1) + " x")));

        List<Reply> replies = apply(
                state, entries.entry(11, entries.bundle("COPY a b", "COPY a c", "SETRANGE d 50000000 x", "SET e 1")));

        assertThat(replies).containsExactly(Reply.ONE, Errors.OUT_OF_MEMORY, Errors.OUT_OF_MEMORY, Reply.OK);
        assertThat(apply(state, entries.entry(12, entries.bundle("COPY a c")))).containsExactly(Reply.ONE);
    }

    /** An entry is shared by clients that know nothing of each other. */
    @Test
    void whatTakesLittleIsNotRefusedForWhatOthersTook() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((64 << 20) - 1) + " x", "RPUSH l a b c")));
        Bundle transaction = new Bundle(3, 1);
        Transaction.Queued small = new Transaction.Queued(0, Args.of("SETRANGE", "t", "30000", "x"));
        Transaction.Queued next = new Transaction.Queued(1, Args.of("SETRANGE", "t", "30000", "x"));
        Transaction.Queued third = new Transaction.Queued(2, Args.of("SETRANGE", "t", "30000", "x"));
        transaction.transaction(0, new Transaction(List.of(), List.of(small, next, third)));

        List<Reply> replies = apply(
                state,
                entries.entry(
                        11,
                        entries.bundle("COPY a b", "SETRANGE fresh 1 x", "SETRANGE other 65536 x", "LPOP l 2"),
                        entries.bundle("SETRANGE much 65537 x"),
                        transaction));

        assertThat(replies.subList(0, 3)).containsExactly(Reply.ONE, Reply.Int.of(2), Reply.Int.of(65537));
        assertThat(replies.get(3)).isInstanceOf(Reply.Array.class);
        assertThat(replies.get(4)).isEqualTo(Errors.OUT_OF_MEMORY);
        assertThat(((Reply.Array) replies.get(5)).items())
                .as("a transaction has one share")
                .containsExactly(Reply.Int.of(30001), Reply.Int.of(30001), Errors.OUT_OF_MEMORY);
    }

    /** Each answers a string that the command behind it replaces by a copy: 2,000 bytes would else hold some GiB. */
    @Test
    void theRepliesOfTheWritesOfAnEntryAreBounded() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((60 << 20) - 1) + " x")));
        String[] lines = new String[40];
        for (int i = 0; i < lines.length; i += 2) {
            lines[i] = "GETEX a";
            lines[i + 1] = "SETRANGE a 0 " + (char) ('a' + i / 2);
        }
        Bundle one = entries.bundle(Arrays.copyOf(lines, 20));
        Bundle other = entries.bundle(Arrays.copyOfRange(lines, 20, 40));
        Bytes entry = entries.entry(11, one, other);

        List<Reply> replies = apply(state, entry);

        assertThat(replies).filteredOn(Reply.Bulk.class::isInstance).hasSize(4);
        assertThat(((Reply.Failure) replies.get(8)).line())
                .isEqualTo("UNKNOWN applied, but the replies of its entry take more than 256 MiB together");
        assertThat(replies.getLast()).isEqualTo(Reply.Int.of(60 << 20));
        assertThat(apply(state, entries.entry(12, entries.bundle("GETEX a")))).hasOnlyElementsOfType(Reply.Bulk.class);
    }

    @Test
    void popsAreBounded() {
        int most = 1 << 20;
        ListValue list = new ListValue();
        for (int i = 0; i < 3 * most; i++) {
            list.pushLast(Bytes.of("e"));
        }
        state.keyspace(0, 0, new Moment(0, 10, 0)).put(Bytes.of("l"), list, KeyspaceView.NEVER);

        List<Reply> replies = apply(
                state,
                entries.entry(
                        10,
                        entries.bundle(
                                "LPOP l " + (most + 1), "RPOP l " + most, "LMPOP 1 l LEFT COUNT " + most, "RPOP l 9")));

        assertThat(replies.getFirst())
                .isEqualTo(
                        new Reply.Failure("ERR the reply would have more than 1048576 items: ask for less at a time"));
        assertThat(((Reply.Array) replies.get(1)).items()).hasSize(most);
        assertThat(replies.get(2)).isEqualTo(Errors.OUT_OF_MEMORY);
        assertThat(((Reply.Array) replies.get(3)).items()).hasSize(9);
        assertThat(apply(state, entries.entry(11, entries.bundle("LPUSHX l e"))))
                .containsExactly(Reply.Int.of(2L * most - 9 + 1));
    }

    /** The log would make all replicas answer it, and once more with each replay. */
    @Test
    void aReadOfTooManyItemsIsRefusedAndOneOfFewerIsNot() {
        int most = 1 << 20;
        ListValue list = new ListValue();
        for (int i = 0; i <= most; i++) {
            list.pushLast(Bytes.of("e"));
        }
        state.keyspace(0, 0, new Moment(0, 10, 0)).put(Bytes.of("l"), list, KeyspaceView.NEVER);
        Bundle bundle = new Bundle(3, 1);
        bundle.transaction(
                0,
                new Transaction(
                        List.of(),
                        List.of(
                                new Transaction.Queued(0, Args.of("LRANGE", "l", "0", "-1")),
                                new Transaction.Queued(0, Args.of("LPOS", "l", "e", "COUNT", "0")),
                                new Transaction.Queued(0, Args.of("LRANGE", "l", "1", "-1")))));

        List<Reply> replies =
                ((Reply.Array) apply(state, entries.entry(10, bundle)).getFirst()).items();

        Reply.Failure refused =
                new Reply.Failure("ERR the reply would have more than 1048576 items: ask for less at a time");
        assertThat(replies.subList(0, 2)).containsExactly(refused, refused);
        assertThat(((Reply.Array) replies.get(2)).items()).hasSize(most);
    }

    @Test
    void theRepliesOfATransactionAreBounded() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((40 << 20) - 1) + " x", "SET small 1")));
        List<Transaction.Queued> queued = new ArrayList<>();
        for (String line :
                List.of("GET small", "GET a", "SET small 2", "GET a", "GET small", "GETDEL a", "INCR small")) {
            queued.add(new Transaction.Queued(0, Args.of(line.split(" "))));
        }
        Bundle bundle = new Bundle(3, 1);
        bundle.transaction(0, new Transaction(List.of(), queued));

        List<Reply> replies =
                ((Reply.Array) apply(state, entries.entry(11, bundle)).getFirst()).items();

        assertThat(replies.get(0)).isEqualTo(Reply.Bulk.of("1"));
        assertThat(((Reply.Bulk) replies.get(1)).bytes().length()).isEqualTo(40 << 20);
        assertThat(replies.get(2)).isEqualTo(Reply.OK);
        assertThat(replies.get(3)).isEqualTo(ReplyBudget.SPENT);
        assertThat(replies.get(4)).isEqualTo(ReplyBudget.SPENT);
        assertThat(((Reply.Failure) replies.get(5)).line()).startsWith("UNKNOWN applied,");
        assertThat(replies.get(6)).isEqualTo(new Reply.Int(3));
        assertThat(apply(state, entries.entry(12, entries.bundle("DEL a")))).containsExactly(Reply.ZERO);
    }

    /** Each takes all of the budget again: 33 times 64 MiB is more than an int counts down. */
    @Test
    void largeRepliesOfWritesNeverMakeRoomForReads() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((64 << 20) - 1) + " x", "SET small 1")));
        List<Transaction.Queued> queued = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            queued.add(new Transaction.Queued(0, Args.of("GETEX", "a")));
            queued.add(new Transaction.Queued(0, Args.of("GET", "small")));
        }
        Bundle bundle = new Bundle(3, 1);
        bundle.transaction(0, new Transaction(List.of(), queued));

        List<Reply> replies =
                ((Reply.Array) apply(state, entries.entry(11, bundle)).getFirst()).items();

        assertThat(replies.getFirst()).isInstanceOf(Reply.Bulk.class);
        for (int i = 1; i < replies.size(); i += 2) {
            assertThat(replies.get(i)).as("read %s", i).isEqualTo(ReplyBudget.SPENT);
        }
    }

    @Test
    void picksOfATransactionAreBounded() {
        apply(state, entries.entry(10, entries.bundle("HSET h f v")));
        Transaction.Queued pick = new Transaction.Queued(0, Args.of("HRANDFIELD", "h", "-524288"));
        Bundle bundle = new Bundle(3, 1);
        bundle.transaction(0, new Transaction(List.of(), Collections.nCopies(100, pick)));

        List<Reply> replies =
                ((Reply.Array) apply(state, entries.entry(11, bundle)).getFirst()).items();

        assertThat(replies).filteredOn(Reply.Array.class::isInstance).hasSize(1);
        assertThat(replies.getLast()).isEqualTo(ReplyBudget.SPENT);
    }

    /** The largest string there may be, alone and beside another. */
    @Test
    void oneLargeReplyIsAlwaysGiven() {
        apply(state, entries.entry(10, entries.bundle("SETRANGE a " + ((64 << 20) - 1) + " x")));
        Bundle bundle = entries.bundle("GET a", "SET k 1", "GET a", "GET k");

        List<Reply> replies = apply(state, entries.entry(11, bundle), bundle);

        assertThat(((Reply.Bulk) replies.getFirst()).bytes().length()).isEqualTo(64 << 20);
        assertThat(replies.subList(1, 4)).containsExactly(Reply.OK, ReplyBudget.SPENT, ReplyBudget.SPENT);
    }

    /** A defect of a read must not stop all replicas. */
    @Test
    void aBrokenReadFailsAlone() {
        Reply reply = new ReplyBudget()
                .read(
                        _ -> {
                            throw new IllegalStateException("a defect");
                        },
                        state.view(0, 0, 10, 0));

        assertThat(reply).isEqualTo(new Reply.Failure("ERR internal error: java.lang.IllegalStateException: a defect"));
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
