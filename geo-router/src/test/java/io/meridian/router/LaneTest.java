// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import io.meridian.router.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens at the end of an event loop's turn. */
class LaneTest {
    @Test
    void anActionThatFailsNeitherKeepsTheOthersBackNorRepeatsThem() {
        ManualTime time = new ManualTime();
        List<String> ran = new ArrayList<>();
        try (LoneNode node = LoneNode.open()) {
            Lane lane = node.router().lane(time.loop());
            lane.atTurnEnd(() -> ran.add("before"));
            lane.atTurnEnd(() -> {
                ran.add("failing");
                throw new IllegalStateException("on purpose");
            });
            lane.atTurnEnd(() -> ran.add("after"));
            time.settle();
            assertThat(ran).containsExactly("before", "failing", "after");

            // Three turns: there are two lists, of which each is used in every other turn.
            for (int turn = 0; turn < 3; turn++) {
                lane.atTurnEnd(() -> ran.add("later"));
                time.settle();
            }
            assertThat(ran).containsExactly("before", "failing", "after", "later", "later", "later");
        }
    }
}
