// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Moment;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class PicksTest {
    private static LongUnaryOperator draws(long seed) {
        Moment moment = new Moment(1, 0, seed);
        return moment::draw;
    }

    @Test
    void distinctPicksAreSortedDifferentAndAsManyAsAsked() {
        for (int size = 1; size <= 40; size++) {
            for (int count = 0; count <= size + 1; count++) {
                int[] picks = Picks.distinct(draws(size * 100L + count), count, size);
                assertThat(picks).hasSize(Math.min(count, size)).isSorted().doesNotHaveDuplicates();
                int below = size;
                assertThat(Arrays.stream(picks).allMatch(pick -> pick >= 0 && pick < below))
                        .isTrue();
            }
        }
    }

    @Test
    void everyPositionIsAboutEquallyLikely() {
        int[] one = new int[10];
        int[] few = new int[10];
        int[] most = new int[10];
        for (int seed = 0; seed < 10_000; seed++) {
            one[Picks.one(draws(seed).applyAsLong(0), 10)]++;
            for (int pick : Picks.distinct(draws(seed), 3, 10)) {
                few[pick]++;
            }
            for (int pick : Picks.distinct(draws(seed), 7, 10)) {
                most[pick]++;
            }
        }
        // Five standard deviations of a binomial of 10,000 draws are below 250.
        assertThat(Arrays.stream(one).allMatch(n -> Math.abs(n - 1_000) < 250)).isTrue();
        assertThat(Arrays.stream(few).allMatch(n -> Math.abs(n - 3_000) < 250)).isTrue();
        assertThat(Arrays.stream(most).allMatch(n -> Math.abs(n - 7_000) < 250)).isTrue();
    }

    @Test
    void theSameDrawsPickTheSame() {
        assertThat(Picks.distinct(draws(3), 20, 1_000)).isEqualTo(Picks.distinct(draws(3), 20, 1_000));
        assertThat(Picks.repeating(draws(3), 20, 5)).isEqualTo(Picks.repeating(draws(3), 20, 5));
        assertThat(Picks.repeating(draws(3), 20, 1)).containsOnly(0);
    }
}
