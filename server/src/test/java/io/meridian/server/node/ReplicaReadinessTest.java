// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaReadinessTest {
    private static final long PATIENCE = ReplicaReadiness.REMOTE_PATIENCE.toNanos();

    private static Optional<String> problem(boolean isHome, boolean isServing, Optional<String> stopped, long nanos) {
        return new ReplicaReadiness(isHome, () -> isServing, () -> stopped, () -> nanos).problem();
    }

    @Test
    void aReplicaThatServesIsNoProblem() {
        assertThat(problem(true, true, Optional.empty(), 0)).isEmpty();
        assertThat(problem(false, true, Optional.empty(), 0)).isEmpty();
    }

    @Test
    void aReplicaOfThisRegionIsWaitedForHoweverLong() {
        assertThat(problem(true, false, Optional.empty(), 0)).contains("has not caught up yet");
        assertThat(problem(true, false, Optional.empty(), 10 * PATIENCE)).contains("has not caught up yet");
    }

    @Test
    void aReplicaOfAnotherRegionIsWaitedForAMinute() {
        assertThat(problem(false, false, Optional.empty(), PATIENCE - 1)).contains("has not caught up yet");
        assertThat(problem(false, false, Optional.empty(), PATIENCE)).isEmpty();
    }

    @Test
    void aReplicaThatHasStoppedIsNeverReady() {
        assertThat(problem(false, false, Optional.of("its disk is full"), PATIENCE))
                .contains("its disk is full");
    }
}
