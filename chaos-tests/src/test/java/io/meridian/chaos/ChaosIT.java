// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import io.meridian.chaos.cluster.ContainerCluster;
import io.meridian.chaos.cluster.Docker;
import io.meridian.chaos.cluster.DockerMissing;
import io.meridian.chaos.cluster.ProcessCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** One minute of chaos: half of it on processes, half in containers; {@code -Dseed=123} repeats a run's faults. */
class ChaosIT {
    private static final Duration UNDER_FAULTS = Duration.ofSeconds(30);

    private final long seed = Long.getLong("seed", ThreadLocalRandom.current().nextLong(1, 1_000_000));

    @Test
    void processesUnderFaultsKeepEveryPromise() throws Exception {
        Optional<Path> launcher = Distribution.launcher();
        if (launcher.isEmpty()) {
            Needs.missing("chaos on processes: no distribution in server/target");
        }
        Path out = out("processes");
        try (Cluster cluster = new ProcessCluster(ClusterLayout.of(3, 2), launcher.orElseThrow(), out)) {
            keepsEveryPromise(cluster, out);
        }
    }

    @Test
    void containersUnderFaultsKeepEveryPromise() throws Exception {
        String image = "";
        try {
            Docker.ensure();
            image = NodeImage.ensure(Distribution.root());
        } catch (DockerMissing e) {
            Needs.missing("chaos in containers: " + e.getMessage());
        }
        Path out = out("containers");
        try (Cluster cluster = new ContainerCluster(ClusterLayout.of(3, 2), image, "/data", out)) {
            keepsEveryPromise(cluster, out);
        }
    }

    private Path out(String kind) throws IOException {
        return OutFolder.fresh(Path.of("target", "chaos"), kind + "-" + seed);
    }

    private void keepsEveryPromise(Cluster cluster, Path out) throws IOException, InterruptedException {
        System.out.println("chaos seed " + seed + ", everything is kept in " + out.toAbsolutePath());
        ChaosScenario.Settings settings = new ChaosScenario.Settings(UNDER_FAULTS, seed, out);

        Report report = new ChaosScenario(cluster, settings, System.out::println).run();

        System.out.println(report.inWords());
        assertThat(report.holds()).as("seed " + seed + "\n" + report.inWords()).isTrue();
    }
}
