// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DigestsTest {
    private static final Set<String> NODES = Set.of("us-1", "eu-1");

    private static List<ReplicaDigest> digests(long usIndex, String us, long euIndex, String eu) {
        return List.of(new ReplicaDigest("us-1", "us/0", usIndex, us), new ReplicaDigest("eu-1", "us/0", euIndex, eu));
    }

    @Test
    void sameDigestAtSameIndexHolds() {
        List<ReplicaDigest> digests = digests(7, "aa", 7, "aa");

        assertThat(Digests.isLevel(digests, NODES)).isTrue();
        assertThat(Digests.check(digests, NODES)).isInstanceOf(Verdict.Holds.class);
    }

    @Test
    void otherDigestAtSameIndexIsBroken() {
        assertThat(Digests.check(digests(7, "aa", 7, "ab"), NODES))
                .isInstanceOfSatisfying(
                        Verdict.Broken.class,
                        broken -> assertThat(broken.explanation()).contains("us/0: the replicas differ", "eu-1"));
    }

    @Test
    void anotherIndexIsBroken() {
        List<ReplicaDigest> digests = digests(7, "aa", 8, "aa");

        assertThat(Digests.isLevel(digests, NODES)).isFalse();
        assertThat(Digests.check(digests, NODES).isBroken()).isTrue();
    }

    @Test
    void missingReplicaIsUndecided() {
        List<ReplicaDigest> digests = digests(7, "aa", 7, "aa").subList(0, 1);

        assertThat(Digests.isLevel(digests, NODES)).isFalse();
        assertThat(Digests.check(digests, NODES)).isInstanceOf(Verdict.Undecided.class);
        assertThat(Digests.check(List.of(), NODES)).isInstanceOf(Verdict.Undecided.class);
    }
}
