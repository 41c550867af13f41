// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HeapProbeTest {
    @Test
    void readsTheUsedHeap() throws IOException {
        // As a JVM of version 25 prints it.
        String output = """
            4242:
             garbage-first heap   total reserved 6174720K, committed 401408K, used 37251K [0x0000000687200000, 0x0000000800000000)
              region size 4096K, 7 young (28672K), 2 survivors (8192K)
             Metaspace       used 12107K, committed 12480K, reserved 1114112K
            """;

        assertThat(HeapProbe.usedBytes(output)).isEqualTo(37251L * 1024);
    }

    @Test
    void refusesOutputWithoutAHeap() {
        assertThatThrownBy(() -> HeapProbe.usedBytes("Metaspace used 12107K")).isInstanceOf(IOException.class);
    }

    @Test
    void asksARunningJvm() throws Exception {
        assertThat(HeapProbe.liveBytes(ProcessHandle.current().pid())).isPositive();
    }
}
