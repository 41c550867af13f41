// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
        DemoFolder.take(folder, THREE).close();
        String before = Files.readString(folder.resolve("demo.shape"));

        for (DemoSettings other : List.of(settings(List.of("a", "b"), 3), settings(List.of("a", "b", "c"), 2))) {
            assertThatThrownBy(() -> DemoFolder.take(folder, other))
                    .isInstanceOfSatisfying(
                            StartException.class,
                            refused -> assertThat(refused.exitCode()).isEqualTo(ExitCode.CONFIG))
                    .hasMessageContaining("holds a demo of --regions a,b,c --nodes-per-region 3");
        }

        assertThat(Files.readString(folder.resolve("demo.shape"))).isEqualTo(before);
        DemoFolder.take(folder, THREE).close();
    }
}
