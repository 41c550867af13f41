// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoFolderTest {
    private static final DemoSettings THREE = settings(List.of("a", "b", "c"), 3);

    @TempDir
    Path folder;

    private static DemoSettings settings(List<String> regions, int nodes) {
        return new DemoSettings(regions, nodes, 0, 0, WideArea.NONE);
    }

    @Test
    void isOfOneDemoAtATime() throws Exception {
        try (DemoFolder first = DemoFolder.take(folder, THREE)) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> DemoFolder.take(folder, THREE))
                    .isInstanceOfSatisfying(
                            StartException.class,
                            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                    .hasMessageContaining("is in use by another demo");
        }

        DemoFolder.take(folder, THREE).close();
    }

    @Test
    void keepsToTheRegionsAndNodesThatItBeganWith() throws Exception {
        begin(THREE);

        for (DemoSettings other : List.of(
                settings(List.of("a", "b"), 3),
                settings(List.of("a", "c", "b"), 3),
                settings(List.of("a", "b", "c"), 2))) {
            assertThatThrownBy(() -> DemoFolder.take(folder, other))
                    .isInstanceOfSatisfying(
                            StartException.class,
                            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIG))
                    .hasMessageContaining("holds a demo of --regions a,b,c --nodes-per-region 3, not of --regions a,");
        }

        DemoFolder.take(folder, THREE).close();
    }

    @Test
    void isOfAnyUntilANodeIsThere() throws Exception {
        DemoFolder.take(folder, THREE).close();
        Files.writeString(folder.resolve("else.yaml"), "services: {}\n");
        Files.createDirectory(folder.resolve("other"));

        DemoFolder.take(folder, settings(List.of("x"), 1)).close();
    }

    @Test
    void whatAnotherVersionLeftIsLeftToIt() throws Exception {
        begin(THREE);
        Files.writeString(folder.resolve("a-1.yaml"), "cluster: demo\nshards: 5\n");

        assertThatThrownBy(() -> DemoFolder.take(folder, THREE))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("it cannot be told which demo the folder ")
                .hasMessageContaining("unknown setting 'shards'");
    }

    @Test
    void aStartThatFindsAPortInUseLeavesItToAny() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            // The second node's.
            assertThatThrownBy(() ->
                            DemoCluster.start(new DemoSettings(List.of("a"), 2, 0, port - 1, WideArea.NONE), folder))
                    .isInstanceOfSatisfying(
                            StartException.class,
                            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.UNAVAILABLE))
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + port + " (listen.rest of a-2): ");
        }

        assertThat(folder).isEmptyDirectory();
    }

    /** What the start of the first node leaves. */
    private void begin(DemoSettings settings) throws Exception {
        Map<String, Integer> peerPorts = new HashMap<>();
        for (String region : settings.regions()) {
            for (int place = 0; place < settings.nodesPerRegion(); place++) {
                peerPorts.put(DemoSettings.node(region, place), 7_000 + peerPorts.size());
            }
        }
        DemoConfiguration first = DemoConfiguration.of(settings, 0, 0);
        first.write(settings, folder, peerPorts);
        Files.createDirectory(folder.resolve(first.node()));
    }
}
