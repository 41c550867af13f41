// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.EngineReplica;
import io.meridian.router.testing.LoneNode;
import io.meridian.router.token.SessionToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FloorsTest {
    private static final long OLD = 3;
    private static final long NEW = EngineReplica.INCARNATION;
    private static final long UNKNOWN = 0;

    private final EngineReplica replica = new EngineReplica("us/0", "us-1");
    private final GroupRoute route = new GroupRoute(0, "us", replica, List.of("us-1"), List.of());
    private final Floors floors = new Floors(List.of(route), LoneNode.tokens());

    @AfterEach
    void close() {
        replica.close();
    }

    private static SessionToken token(long incarnation, long index) {
        return new SessionToken(List.of(new SessionToken.Seen("us/0", incarnation, index)));
    }

    @Test
    void theFloorIsTheHighestIndexOfTheIncarnation() {
        floors.raise(route, NEW, 900);
        floors.raise(route, NEW, 800);

        assertThat(floors.of(route)).isEqualTo(900);
    }

    @Test
    void aFloorHoldsWhileTheReplicaKnowsOfNoIncarnation() {
        replica.incarnation(UNKNOWN);
        floors.raise(route, NEW, 900);

        assertThat(floors.of(route)).isEqualTo(900);
    }

    @Test
    void aFloorOfAnotherIncarnationCountsAsNone() {
        floors.raise(route, OLD, 900);

        assertThat(floors.of(route)).isZero();
    }

    @Test
    void anIndexOfUnknownIncarnationNeverReplacesAndIsNeverLost() {
        floors.raise(route, NEW, 900);
        floors.raise(route, UNKNOWN, 500);
        assertThat(floors.of(route)).isEqualTo(900);

        floors.raise(route, UNKNOWN, 1500);
        assertThat(floors.of(route)).isEqualTo(1500);
        assertThat(floors.incarnation(route)).isEqualTo(NEW);

        floors.clear();
        floors.raise(route, UNKNOWN, 1500);
        assertThat(floors.of(route)).isEqualTo(1500);
        floors.raise(route, NEW, 900);
        assertThat(floors.of(route)).isEqualTo(1500);
        assertThat(floors.incarnation(route)).isEqualTo(NEW);
    }

    @Test
    void whatAReplicaTellsReplacesAFloorOfAnotherIncarnation() {
        floors.raise(route, OLD, 900);
        floors.raise(route, NEW, 5);

        assertThat(floors.of(route)).isEqualTo(5);
    }

    @Test
    void aTokenOfAnotherIncarnationChangesNothing() {
        floors.raise(route, NEW, 900);

        floors.raise(token(OLD, 1500));

        assertThat(floors.of(route)).isEqualTo(900);
        assertThat(floors.incarnation(route)).isEqualTo(NEW);
    }

    @Test
    void aTokenOfAnotherIncarnationChangesNothingWhereTheReplicaKnowsOfNone() {
        replica.incarnation(UNKNOWN);
        floors.raise(route, NEW, 900);

        floors.raise(token(OLD, 1500));
        assertThat(floors.of(route)).isEqualTo(900);

        floors.raise(token(NEW, 1500));
        assertThat(floors.of(route)).isEqualTo(1500);
    }

    @Test
    void theTokenTellsTheIncarnationThatTheLeaderAnswered() {
        replica.incarnation(UNKNOWN);
        floors.raise(route, NEW, 900);

        assertThat(LoneNode.tokens().read(floors.text())).contains(token(NEW, 900));

        floors.raise(route, NEW, 901);
        assertThat(LoneNode.tokens().read(floors.text())).contains(token(NEW, 901));

        floors.clear();
        assertThat(LoneNode.tokens().read(floors.text())).contains(new SessionToken(List.of()));
    }
}
