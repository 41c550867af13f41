// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessClusterTest {
    @Test
    void whatTheCallerSetForItsOwnNodesDoesNotReachThese() {
        Map<String, String> variables = new HashMap<>(
                Map.of("MERIDIAN_LISTEN_RESP", "127.0.0.1:6379", "MERIDIAN_JAVA_OPTS", "-Xmx8g", "PATH", "/bin"));

        ProcessCluster.environment(variables);

        assertThat(variables)
                .containsOnly(Map.entry("PATH", "/bin"), Map.entry("MERIDIAN_JAVA_OPTS", NodeConfiguration.JAVA_OPTS));
    }
}
