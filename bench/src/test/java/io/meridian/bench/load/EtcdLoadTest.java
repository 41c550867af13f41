// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.bench.Needs;
import io.meridian.bench.system.EtcdCluster;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client of etcd against a real cluster. */
class EtcdLoadTest {
    @Test
    void putsAndRangesAreAnswered(@TempDir Path folder) throws Exception {
        Needs.program("etcd");

        try (EtcdCluster etcd = EtcdCluster.start(folder);
                EtcdLoad load = new EtcdLoad(etcd.leaderPort(), 2, 10, 100)) {
            assertThat(etcd.pids()).hasSize(3).doesNotHaveDuplicates();
            assertThat(load.put(4, Until.sent(50)).requests()).isBetween(50L, 54L);
            assertThat(load.range(4, Until.sent(50)).requests()).isBetween(50L, 54L);
            assertThat(OneAtATime.run(load.blockingPut(), 10, Until.sent(5)).requests())
                    .isEqualTo(5);
        }
    }
}
