// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplicaViewTest {
    @Test
    void linesOfGroupsAreReadAndOthersPassedOver() {
        String section = """
            # Meridian\r
            node:us-east-1\r
            group0:name=us-east/0,role=leader,applied=41,commit=42,leader=us-east-1\r
            group1:name=eu-west/0,role=learner,applied=7,commit=9,leader=\r
            """;

        assertThat(ReplicaView.parse(section))
                .containsExactly(
                        new ReplicaView("us-east/0", "leader", 41, 42, "us-east-1"),
                        new ReplicaView("eu-west/0", "learner", 7, 9, ""));
    }
}
