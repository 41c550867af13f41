// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.bench.compare.Claim.Verdict;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final Claim FLOOR =
            Claim.atLeast(Load.GET.of(Peer.MERIDIAN), Load.GET.of(Peer.REDIS_EVERYSEC), 0.8, 1.2);
    private static final Claim CEILING = Claim.within(Load.VISIBLE.of(Peer.MERIDIAN), 20, 3);

    @Test
    void moreThanAFloorIsGood() {
        assertThat(FLOOR.verdict(0.79)).isEqualTo(Verdict.MISSED);
        assertThat(FLOOR.verdict(0.8)).isEqualTo(Verdict.HELD);
        assertThat(FLOOR.verdict(1.19)).isEqualTo(Verdict.HELD);
        assertThat(FLOOR.verdict(1.2)).isEqualTo(Verdict.GOAL);
    }

    @Test
    void lessThanACeilingIsGood() {
        assertThat(CEILING.verdict(20.1)).isEqualTo(Verdict.MISSED);
        assertThat(CEILING.verdict(20)).isEqualTo(Verdict.HELD);
        assertThat(CEILING.verdict(3.1)).isEqualTo(Verdict.HELD);
        assertThat(CEILING.verdict(3)).isEqualTo(Verdict.GOAL);
    }

    @Test
    void boundsAreFactorsOrFiguresInTheirUnit() {
        assertThat(FLOOR.bound(0.8)).isEqualTo("≥ 0.80 ×");
        assertThat(CEILING.bound(3)).isEqualTo("≤ 3.00 ms");
    }

    @Test
    void everyRowWantsMoreThanItMustHold() {
        Set<String> words = new HashSet<>();
        for (Row row : Row.values()) {
            assertThat(words.add(row.word())).isTrue();
            assertThat(Row.named(row.word())).contains(row);
            for (Claim claim : row.claims()) {
                assertThat(claim.verdict(claim.goal())).isEqualTo(Verdict.GOAL);
                assertThat(claim.verdict(claim.hold())).isEqualTo(Verdict.HELD);
                assertThat(claim.subject().peer()).isEqualTo(Peer.MERIDIAN);
            }
        }
        assertThat(words).hasSize(12);
        assertThat(Row.named("nothing")).isEmpty();
        assertThat(Arrays.stream(Row.values()).flatMap(row -> row.claims().stream()))
                .hasSize(14);
    }
}
