// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Moment;
import io.meridian.engine.SipHash;
import io.meridian.engine.value.StringValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table's own promises: one order everywhere, cursors that fit every table, tags that collide. */
class KeyTableTest {
    private static final Bytes VALUE = Bytes.of("v");

    /** All slots under few tags, as no real hash gives them: equal, neighbouring, at both ends. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void tagsThatCollideOrClusterChangeNothing(long seed) {
        Random random = new Random(seed);
        int[] tags = {0, 1, 2, -1, -2, Integer.MIN_VALUE, Integer.MAX_VALUE, random.nextInt(), random.nextInt()};
        KeyTable table = new KeyTable(SipHash.seeded(1));
        List<Bytes> keys = new ArrayList<>();
        List<Integer> keyTags = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            Bytes key = Bytes.of("k" + i);
            int tag = tags[random.nextInt(tags.length)] + (random.nextBoolean() ? random.nextInt(300) : 0);
            keys.add(key);
            keyTags.add(tag);
            table.add(tag, PackedString.pack(key, VALUE, KeyspaceView.NEVER, 1));
        }

        assertOrdered(table, 1_500);
        for (int i = 0; i < keys.size(); i++) {
            assertThat(table.find(keyTags.get(i), keys.get(i))).isNotNull();
            if (random.nextInt(10) > 0) {
                assertThat(table.remove(keyTags.get(i), keys.get(i))).isNotNull();
                assertThat(table.find(keyTags.get(i), keys.get(i))).isNull();
                keys.set(i, Bytes.EMPTY);
            }
        }
        int left = (int) keys.stream().filter(key -> !key.isEmpty()).count();
        assertOrdered(table, left);
        for (int i = 0; i < keys.size(); i++) {
            if (!keys.get(i).isEmpty()) {
                assertThat(table.remove(keyTags.get(i), keys.get(i))).isNotNull();
            }
        }
        assertOrdered(table, 0);
        assertThat(table.segments()).isEqualTo(1);
    }

    private static void assertOrdered(KeyTable table, int size) {
        KeyTable.Walk walk = table.walkFrom(0);
        long last = -1;
        int seen = 0;
        while (walk.advance()) {
            assertThat(Integer.toUnsignedLong(walk.tag())).isGreaterThanOrEqualTo(last);
            last = Integer.toUnsignedLong(walk.tag());
            seen++;
        }
        assertThat(seen).isEqualTo(size);
        assertThat(table.size()).isEqualTo(size);
    }

    @Test
    void aWalkFromATagBeginsThere() {
        GroupKeys keys = filled(1_500, new Random(4));
        KeyTable table = keys.at(0, 0).table;
        List<Long> tags = new ArrayList<>();
        for (KeyTable.Walk walk = table.walkFrom(0); walk.advance(); ) {
            tags.add(Integer.toUnsignedLong(walk.tag()));
        }

        for (int i = 0; i < tags.size(); i++) {
            for (long from = tags.get(i) - 1; from <= tags.get(i) + 1; from++) {
                KeyTable.Walk walk = table.walkFrom(from);
                long wanted = from;
                long next =
                        tags.stream().filter(tag -> tag >= wanted).findFirst().orElse(-1L);
                assertThat(walk.advance() ? Integer.toUnsignedLong(walk.tag()) : -1)
                        .isEqualTo(next);
                if (i % 10 != 0) {
                    break;
                }
            }
        }
        assertThat(table.walkFrom(KeyTable.TAG_END).advance()).isFalse();
    }

    /** A replica that came from a snapshot has a table of another shape: one that never was larger. */
    @Test
    void cursorsAndPicksAreTheSameOnATableWithAnotherPast() {
        GroupKeys grown = filled(20_000, new Random(5));
        for (int i = 500; i < 20_000; i++) {
            grown.keyspace(0, 0, 0, 0).remove(Bytes.of("key" + i));
        }
        GroupKeys fresh = filled(500, new Random(6));

        long cursor = 0;
        do {
            List<Bytes> one = new ArrayList<>();
            List<Bytes> other = new ArrayList<>();
            long next = grown.view(0, 0, 0, 0).scan(cursor, 7, (key, _) -> one.add(key));
            assertThat(fresh.view(0, 0, 0, 0).scan(cursor, 7, (key, _) -> other.add(key)))
                    .isEqualTo(next);
            assertThat(other).isEqualTo(one).hasSizeGreaterThanOrEqualTo(next == 0 ? 0 : 7);
            cursor = next;
        } while (cursor != 0);
        for (int seed = 0; seed < 500; seed++) {
            assertThat(fresh.view(0, 0, 0, seed).randomKey())
                    .isEqualTo(grown.view(0, 0, 0, seed).randomKey());
        }
    }

    @Test
    void everyKeyIsPickedAboutAsOften() {
        GroupKeys keys = filled(100, new Random(7));
        int[] picked = new int[100];

        for (int i = 0; i < 100_000; i++) {
            Bytes key = keys.view(0, 0, 0, Moment.mix(i)).randomKey().orElseThrow();
            picked[Integer.parseInt(key.slice(3, key.length()).toString())]++;
        }

        for (int count : picked) {
            assertThat(count).isBetween(250, 2_500);
        }
    }

    @Test
    void aCursorFromElsewhereEndsTheScan() {
        GroupKeys keys = filled(100, new Random(8));

        assertThat(keys.view(0, 0, 0, 0).scan(-1, 10, (_, _) -> true)).isZero();
        assertThat(keys.view(0, 0, 0, 0).scan(KeyTable.TAG_END, 10, (_, _) -> true))
                .isZero();
        assertThat(keys.view(0, 0, 0, 0).scan(0, 0, (_, _) -> true)).isPositive();
    }

    /** Keys 0 to count, added in some order. */
    private static GroupKeys filled(int count, Random random) {
        GroupKeys keys = new GroupKeys(99);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            order.add(random.nextInt(order.size() + 1), i);
        }
        for (int i : order) {
            keys.keyspace(0, 0, 0, 0).put(Bytes.of("key" + i), new StringValue(VALUE), KeyspaceView.NEVER);
        }
        return keys;
    }
}
