// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is remembered of bundles, and when it is forgotten. */
class RecentRepliesTest {
    private final RecentReplies recent = new RecentReplies();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void remembersWhatANaiveTableDoes(long seed) {
        Random random = new Random(seed);
        TreeMap<Long, byte[]> model = new TreeMap<>();
        long floor = 0;
        long next = 1;
        for (int i = 0; i < 20_000; i++) {
            // Mostly in order, now and then late or again.
            long sequence = random.nextInt(4) > 0 ? next++ : Math.max(1, next - random.nextInt(60));
            byte[] known = recent.find(5, sequence);
            if (sequence < floor) {
                assertThat(known).isSameAs(RecentReplies.DROPPED);
            } else {
                assertThat(known).isEqualTo(model.get(sequence));
            }
            long ackedBelow = random.nextInt(3) == 0 ? Math.max(0, sequence - random.nextInt(100)) : 0;
            recent.heard(5, ackedBelow);
            floor = Math.max(floor, ackedBelow);
            model.headMap(floor, false).clear();
            if (known == null && sequence >= floor) {
                byte[] replies = new byte[1 + random.nextInt(9)];
                recent.keep(5, sequence, replies);
                model.put(sequence, replies);
            }
            assertThat(recent.bytes())
                    .isEqualTo(model.values().stream()
                            .mapToLong(replies -> replies.length)
                            .sum());
        }
        assertSavedWhole();
    }

    @Test
    void keepsABoundedNumberOfBundles() {
        for (int i = 1; i <= RecentReplies.SEQUENCES_MAX + 10; i++) {
            keep(5, i, 3);
        }

        assertThat(recent.bytes()).isEqualTo(3L * RecentReplies.SEQUENCES_MAX);
        assertThat(recent.find(5, 10)).isSameAs(RecentReplies.DROPPED);
        assertThat(recent.find(5, 11)).hasSize(3);
        assertThat(recent.find(5, RecentReplies.SEQUENCES_MAX + 11)).isNull();
        assertSavedWhole();
    }

    @Test
    void keepsABoundedNumberOfBytesButKnowsWhatWasApplied() {
        keep(5, 1, RecentReplies.BUNDLE_BYTES_MAX + 1);
        keep(5, 2, RecentReplies.BUNDLE_BYTES_MAX);
        assertThat(recent.find(5, 1)).isEmpty();
        assertThat(recent.find(5, 2)).hasSize(RecentReplies.BUNDLE_BYTES_MAX);

        for (int i = 3; recent.bytes() + RecentReplies.BUNDLE_BYTES_MAX <= RecentReplies.ORIGIN_BYTES_MAX; i++) {
            keep(5, i, RecentReplies.BUNDLE_BYTES_MAX);
        }
        keep(5, 1000, 1);
        assertThat(recent.find(5, 2)).isEmpty();
        assertThat(recent.find(5, 3)).isNotEmpty();

        for (int origin = 6; origin < 40; origin++) {
            for (int i = 1; i <= 64; i++) {
                keep(origin, i, RecentReplies.BUNDLE_BYTES_MAX);
            }
        }
        assertThat(recent.bytes()).isBetween(RecentReplies.BYTES_MAX / 2L, (long) RecentReplies.BYTES_MAX);
        assertThat(recent.find(39, 1)).isNotEmpty();
        assertThat(recent.find(6, 1)).isEmpty();
    }

    @Test
    void forgetsOriginsBeyondABoundedNumberFromTheOldestOn() {
        for (int origin = 1; origin <= RecentReplies.ORIGINS_MAX; origin++) {
            keep(origin, 1, 1);
        }
        recent.heard(1, 0);
        keep(-1, 1, 1);

        assertThat(recent.origins()).isEqualTo(RecentReplies.ORIGINS_MAX);
        assertThat(recent.find(1, 1)).isNotNull();
        assertThat(recent.find(2, 1)).isNull();
        assertThat(recent.bytes()).isEqualTo(RecentReplies.ORIGINS_MAX);
        assertSavedWhole();
    }

    private void keep(long origin, long sequence, int length) {
        recent.heard(origin, 0);
        recent.keep(origin, sequence, new byte[length]);
    }

    private void assertSavedWhole() {
        ByteWriter saved = new ByteWriter(256);
        recent.frozen().writeTo(saved);
        RecentReplies read = RecentReplies.readFrom(new ByteReader(saved.toBytes()));
        ByteWriter again = new ByteWriter(256);
        read.writeTo(again);

        assertThat(again.toBytes()).isEqualTo(saved.toBytes());
        assertThat(read.bytes()).isEqualTo(recent.bytes());
        assertThat(read.names()).isEqualTo(recent.names());
    }
}
