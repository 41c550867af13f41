// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProcessTimesTest {
    @Test
    void readsTheFieldsBehindTheName() {
        String line = "4242 (java) S 17 4242 4242 0 -1 4194560 100 200 3 4 111 22 333 44 20 0 45 0 9999 1 2";

        assertThat(ProcessTimes.parse(line)).isEqualTo(new ProcessTimes(4242, 17, 133, 377));
    }

    @Test
    void takesTheLastParenthesisForTheEndOfTheName() {
        String line = "7 (a) S (b c) R 1 7 7 0 -1 0 0 0 0 0 5 6 7 8 20 0 1 0 9 1 2";

        assertThat(ProcessTimes.parse(line)).isEqualTo(new ProcessTimes(7, 1, 11, 15));
    }

    @Test
    void refusesALineThatEndsTooSoon() {
        assertThatThrownBy(() -> ProcessTimes.parse("7 (a) S 1 7 7 0 -1 0 0 0 0 0 5 6 7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too short");
        assertThatThrownBy(() -> ProcessTimes.parse("nothing of the kind"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
