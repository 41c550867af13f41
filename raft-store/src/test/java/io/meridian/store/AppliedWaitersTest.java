// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AppliedWaitersTest {
    private final AppliedWaiters waiters = new AppliedWaiters();
    private final List<String> ran = new ArrayList<>();

    private Runnable add(long index, String name) {
        return waiters.add(index, () -> ran.add(name));
    }

    @Test
    void actionsRunInTheOrderOfTheIndexesAndNoSooner() {
        var _ = add(3, "three");
        var _ = add(2, "two");
        var _ = add(3, "three too");

        waiters.reached(1);
        assertThat(ran).isEmpty();
        waiters.reached(2);
        assertThat(ran).containsExactly("two");
        waiters.reached(5);
        assertThat(ran).containsExactly("two", "three", "three too");
        assertThat(waiters.size()).isZero();
    }

    @Test
    void whatIsForgottenNeverRunsAndIsNotKept() {
        Runnable forgetFirst = add(1, "first");
        Runnable forgetSecond = add(2, "second");
        var _ = add(2, "third");

        forgetFirst.run();
        forgetSecond.run();
        forgetSecond.run();
        assertThat(waiters.size()).isEqualTo(1);

        waiters.reached(2);
        assertThat(ran).containsExactly("third");
        forgetFirst.run();
    }

    @Test
    void whatHasWaitedTooLongIsDropped() {
        var _ = add(1, "old");

        waiters.dropOlderThan(Long.MAX_VALUE);
        assertThat(waiters.size()).isEqualTo(1);
        waiters.dropOlderThan(-1);
        assertThat(waiters.size()).isZero();

        waiters.reached(1);
        assertThat(ran).isEmpty();
    }
}
