// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.keyspace.Digest;
import io.meridian.engine.keyspace.Keyspace;
import io.meridian.engine.testing.Golden;
import io.meridian.engine.value.HashValue;
import io.meridian.engine.value.ListValue;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.Value;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots taken while the state changes, and loaded again. */
class SnapshotTest {
    private static final int INTERLEAVINGS = 1000;

    private final Entries entries = new Entries();
    private long millis = 1000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whatIsSavedIsTheStateAtTheBegin(long seed) throws IOException {
        Random random = new Random(seed);
        for (int i = 0; i < INTERLEAVINGS; i++) {
            GroupState state = GroupState.begun(CommandTable.REDIS, random.nextLong(), 9);
            // Now and then a table of several segments.
            int scale = i % 250 == 0 ? 40 : 1;
            int keys = random.nextInt(1, 60) * scale;
            for (int changes = random.nextInt(120) * scale; changes > 0; changes--) {
                change(state, random, keys);
            }
            Digest before = state.digest();
            SnapshotCursor cursor = state.beginSnapshot();
            ByteWriter file = new ByteWriter(256);
            int pace = random.nextInt(30);
            while (cursor.take(random.nextInt(600) * scale)) {
                boolean writeAtOnce = random.nextBoolean();
                if (writeAtOnce) {
                    cursor.write(file);
                }
                for (int changes = random.nextInt(pace + 1); changes > 0; changes--) {
                    change(state, random, keys);
                }
                if (!writeAtOnce) {
                    cursor.write(file);
                }
            }
            cursor.write(file);
            cursor.close();
            Digest after = state.digest();

            assertThat(load(file).digest()).isEqualTo(before);

            assertThat(load(save(state)).digest()).isEqualTo(after);
        }
    }

    private void change(GroupState state, Random random, int keys) {
        millis += random.nextInt(3);
        Keyspace space =
                state.keyspace(random.nextInt(2) * 3, random.nextInt(3), new Moment(1, millis, random.nextLong()));
        Bytes key = Bytes.of("key" + random.nextInt(keys));
        long expiry = random.nextInt(3) == 0 ? millis + random.nextInt(60) : Keyspace.NEVER;
        switch (random.nextInt(14)) {
            case 0, 1, 2 -> space.put(key, text(random, 30), expiry);
            case 3 -> space.put(key, text(random, 9000), expiry);
            case 4 -> space.put(key, hash(random), expiry);
            case 5 -> space.put(key, list(random), expiry);
            case 6 -> change(space, key, random);
            case 7 -> space.remove(key);
            case 8 -> space.expire(key, expiry);
            case 9 -> rename(space, key, Bytes.of("key" + random.nextInt(keys)));
            case 10 -> state.keys().expireUpTo(millis, random.nextInt(4));
            case 11 -> append(space, key, random);
            default -> {
                if (random.nextInt(8) == 0) {
                    space.clear();
                } else if (random.nextInt(4) == 0) {
                    space.swapWith(random.nextInt(3));
                }
            }
        }
    }

    private static void append(Keyspace space, Bytes key, Random random) {
        if (space.find(key).map(value -> value instanceof StringValue).orElse(true)) {
            space.append(key, text(random, 3000).bytes());
        }
    }

    private static void change(Keyspace space, Bytes key, Random random) {
        Value value = space.find(key).orElse(null);
        if (value instanceof HashValue) {
            HashValue hash = space.findToChange(key, HashValue.class).orElseThrow();
            Bytes field = Bytes.of("f" + random.nextInt(6));
            if (random.nextBoolean()) {
                hash.set(field, text(random, 90).bytes());
                space.changed(key);
            } else if (hash.remove(field)) {
                space.changed(key);
            }
        } else if (value instanceof ListValue) {
            ListValue list = space.findToChange(key, ListValue.class).orElseThrow();
            list.pushLast(text(random, 20).bytes());
            space.changed(key);
        }
    }

    private static void rename(Keyspace space, Bytes from, Bytes to) {
        space.find(from).ifPresent(value -> {
            long expiry = space.expiryOf(from).orElseThrow();
            space.remove(from);
            space.put(to, value, expiry);
        });
    }

    private static StringValue text(Random random, int lengthMax) {
        byte[] bytes = new byte[random.nextInt(lengthMax)];
        random.nextBytes(bytes);
        return new StringValue(Bytes.of(bytes));
    }

    private static HashValue hash(Random random) {
        HashValue hash = new HashValue(random.nextLong());
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            hash.set(Bytes.of("f" + i), text(random, 20).bytes());
        }
        return hash;
    }

    private static ListValue list(Random random) {
        ListValue list = new ListValue();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            list.pushLast(text(random, 20).bytes());
        }
        return list;
    }

    @Test
    void whatIsAppliedAfterwardsDoesTheSameAsWithoutTheSnapshot() throws IOException {
        GroupState state = new GroupState(CommandTable.REDIS);
        Entries.apply(state, entries.genesis(5, 6));
        Bundle first = entries.bundle("SET k 1", "SET other 1");
        Entries.apply(state, entries.entry(500, first));

        GroupState loaded = load(save(state));
        Bytes again = entries.entry(600, first, entries.bundle("SET k 2"));

        assertThat(loaded.appliedIndex()).isEqualTo(2);
        assertThat(loaded.epochMillis()).isEqualTo(500);
        assertThat(loaded.incarnation()).isEqualTo(6);
        assertThat(loaded.isBegun()).isTrue();
        assertThat(Entries.apply(loaded, again)).isEqualTo(Entries.apply(state, again));
        assertThat(loaded.digest()).isEqualTo(state.digest());
        assertThat(loaded.view(0, 0, 0, 0).versionOf(Bytes.of("k")))
                .isEqualTo(state.view(0, 0, 0, 0).versionOf(Bytes.of("k")))
                .isPositive();
    }

    @Test
    void aGroupBeforeItsGenesisIsSavedToo() throws IOException {
        GroupState state = new GroupState(CommandTable.REDIS);

        GroupState loaded = load(save(state));

        assertThat(loaded.isBegun()).isFalse();
        assertThat(loaded.appliedIndex()).isZero();
        Entries.apply(loaded, entries.genesis(5, 6));
        assertThat(loaded.incarnation()).isEqualTo(6);
    }

    @Test
    void onlyOneRunsAtATimeAndNoneInsideAnEntry() {
        GroupState state = GroupState.begun(CommandTable.REDIS, 1, 2);
        SnapshotCursor cursor = state.beginSnapshot();
        assertThatThrownBy(state::beginSnapshot).isInstanceOf(IllegalStateException.class);
        cursor.close();

        EntryCursor entry = state.open(1, entries.entry(1, entries.bundle("SET a 1"), entries.bundle("SET b 1")));
        entry.applyNext(null);
        assertThatThrownBy(state::beginSnapshot).isInstanceOf(IllegalStateException.class);
        entry.applyNext(null);

        state.beginSnapshot().close();
    }

    @Test
    void anAbandonedSnapshotLeavesNothingBehind() throws IOException {
        GroupState state = GroupState.begun(CommandTable.REDIS, 1, 2);
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            change(state, random, 200);
        }
        SnapshotCursor cursor = state.beginSnapshot();
        cursor.take(100);
        cursor.close();
        for (int i = 0; i < 100; i++) {
            change(state, random, 200);
        }

        assertThat(load(save(state)).digest()).isEqualTo(state.digest());
    }

    @Test
    void aDamagedSnapshotIsRefusedWhateverIsWrongWithIt() {
        byte[] file = save(small()).toArray();

        for (int cut = 0; cut < file.length; cut++) {
            byte[] part = java.util.Arrays.copyOf(file, cut);
            assertThatThrownBy(() -> load(part)).isInstanceOf(CorruptSnapshotException.class);
        }
        for (int bit = 0; bit < file.length * 8; bit++) {
            byte[] flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> load(flipped)).isInstanceOf(CorruptSnapshotException.class);
        }
        byte[] longer = java.util.Arrays.copyOf(file, file.length + 1);
        assertThatThrownBy(() -> load(longer))
                .isInstanceOf(CorruptSnapshotException.class)
                .hasMessageContaining("behind its end");
        for (int version : new int[] {1, 3}) {
            file[8] = (byte) version;
            assertThatThrownBy(() -> load(file))
                    .hasMessage("a snapshot in format " + version
                            + ", written by another version of Meridian; this one reads format 2");
        }
    }

    @Test
    void theBytesAreThoseOfEarlierVersions() throws IOException {
        GroupState state = small();

        Golden.assertSame("snapshot-2", save(state).toBytes());
        assertThat(load(Golden.read("snapshot-2")).digest())
                .isEqualTo(state.digest())
                .hasToString("ba792f73e06af5721582ca3309710cc7");
    }

    /** Whole blocks left out or exchanged: each is right by itself. */
    @Test
    void aSnapshotWithoutOneOfItsBlocksIsRefused() throws IOException {
        GroupState state = GroupState.begun(CommandTable.REDIS, 1, 2);
        Keyspace space = state.keyspace(0, 0, new Moment(1, 1, 1));
        for (int i = 0; i < 100; i++) {
            space.put(Bytes.of("key" + i), new StringValue(Bytes.of("value")), Keyspace.NEVER);
        }
        SnapshotCursor cursor = state.beginSnapshot();
        ByteWriter whole = new ByteWriter(16);
        java.util.List<byte[]> pieces = new java.util.ArrayList<>();
        boolean more;
        do {
            more = cursor.take(500);
            whole.clear();
            cursor.write(whole);
            pieces.add(whole.toArray());
        } while (more);
        assertThat(pieces).hasSizeGreaterThan(4);
        assertThat(load(joined(pieces)).size()).isEqualTo(100);

        byte[] second = pieces.remove(1);
        assertThatThrownBy(() -> load(joined(pieces))).isInstanceOf(CorruptSnapshotException.class);
        pieces.add(2, second);
        assertThatThrownBy(() -> load(joined(pieces))).hasMessageContaining("in order");
    }

    private static ByteWriter joined(java.util.List<byte[]> pieces) {
        ByteWriter joined = new ByteWriter(16);
        pieces.forEach(piece -> joined.raw(piece, 0, piece.length));
        return joined;
    }

    GroupState small() {
        GroupState state = new GroupState(CommandTable.REDIS);
        Entries.apply(state, entries.genesis(5, 6));
        Entries.apply(state, entries.entry(500, entries.bundle("SET k 1", "SET other 1")));
        Keyspace space = state.keyspace(2, 1, new Moment(2, 500, 1));
        space.put(Bytes.of("ends"), new StringValue(Bytes.of("soon")), 700);
        HashValue hash = new HashValue(4);
        hash.set(Bytes.of("field"), Bytes.of("value"));
        space.put(Bytes.of("hash"), hash, Keyspace.NEVER);
        ListValue list = new ListValue();
        list.pushLast(Bytes.of("a"));
        list.pushLast(Bytes.of("b"));
        space.put(Bytes.of("list"), list, 900);
        return state;
    }

    static ByteWriter save(GroupState state) {
        SnapshotCursor cursor = state.beginSnapshot();
        ByteWriter file = new ByteWriter(256);
        while (cursor.take(SnapshotCursor.BLOCK_BYTES)) {
            cursor.write(file);
        }
        cursor.write(file);
        cursor.close();
        return file;
    }

    static GroupState load(ByteWriter file) throws IOException {
        return load(file.toArray());
    }

    static GroupState load(byte[] file) throws IOException {
        return SnapshotReader.read(new ByteArrayInputStream(file), CommandTable.REDIS);
    }
}
