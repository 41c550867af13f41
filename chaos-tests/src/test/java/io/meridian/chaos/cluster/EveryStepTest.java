// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EveryStepTest {
    private final List<Integer> taken = new ArrayList<>();

    @Test
    void isTakenThoughOthersFail() {
        assertThatThrownBy(() -> EveryStep.of(List.of(1, 2, 3), this::fail))
                .hasMessage("1")
                .satisfies(failed -> assertThat(failed.getSuppressed())
                        .extracting(Throwable::getMessage)
                        .containsExactly("2", "3"));
        assertThat(taken).containsExactly(1, 2, 3);
    }

    @Test
    void failsOnlyWhereOneDid() {
        EveryStep.of(() -> taken.add(1), () -> taken.add(2));

        assertThat(taken).containsExactly(1, 2);
    }

    private void fail(int step) {
        taken.add(step);
        throw new IllegalStateException(Integer.toString(step));
    }
}
