// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoSettingsTest {
    private static final List<String> THREE = List.of("us-east", "eu-west", "ap-south");

    private static DemoSettings settings(List<String> regions, int nodes, int respPort, int restPort) {
        return new DemoSettings(regions, nodes, respPort, restPort, WideArea.NONE);
    }

    @Test
    void theUsualAndAnyFreePortsAreGood() {
        assertThatCode(() -> settings(THREE, 3, 6379, 8080)).doesNotThrowAnyException();
        assertThatCode(() -> settings(THREE, 10, 0, 0)).doesNotThrowAnyException();
    }

    @Test
    void oneIsSaidInTheSingular() {
        assertThat(settings(THREE, 3, 0, 0).size()).isEqualTo("3 regions of 3 nodes");
        assertThat(settings(List.of("a"), 1, 0, 0).size()).isEqualTo("1 region of 1 node");
    }

    @ParameterizedTest
    @ValueSource(strings = {"US", "", "a b", "-eu", "eu-", "eu: {}"})
    void aRegionNeedsAName(String region) {
        assertThatThrownBy(() -> settings(List.of(region), 1, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + region + "' is not a name of 1 to 63 lower-case letters");
    }

    @Test
    void aNodesNumberNeedsRoomBehindTheRegionsName() {
        assertThatCode(() -> settings(List.of("r".repeat(61)), 9, 0, 0)).doesNotThrowAnyException();
        assertThatThrownBy(() -> settings(List.of("r".repeat(61)), 10, 0, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyNodeNeedsAPort() {
        // The third region's third node is 22 above the first.
        assertThatCode(() -> settings(THREE, 3, 65_513, 65_513)).doesNotThrowAnyException();
        assertThatThrownBy(() -> settings(THREE, 3, 65_514, 8080))
                .hasMessageContaining("RESP ports from 65514 to 65536");
        assertThatThrownBy(() -> settings(THREE, 3, 6379, 70_000)).hasMessageContaining("REST ports from 70000");
        assertThatThrownBy(() -> settings(THREE, 3, -1, 8080)).hasMessageContaining("RESP ports from -1");
    }

    @Test
    void regionsAreNamedOnceAndNodesAreFew() {
        assertThatThrownBy(() -> settings(List.of("eu", "eu"), 1, 0, 0)).hasMessageContaining("each once");
        assertThatThrownBy(() -> settings(List.of(), 1, 0, 0)).hasMessageContaining("at least one region");
        assertThatThrownBy(() -> settings(THREE, 0, 0, 0)).hasMessageContaining("from 1 to 10 nodes");
        assertThatThrownBy(() -> settings(THREE, 11, 0, 0)).hasMessageContaining("from 1 to 10 nodes");
    }
}
