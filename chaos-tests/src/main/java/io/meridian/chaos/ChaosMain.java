// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.cluster.ClusterLayout;
import io.meridian.chaos.cluster.ContainerCluster;
import io.meridian.chaos.cluster.Docker;
import io.meridian.chaos.cluster.DockerMissing;
import io.meridian.chaos.cluster.ProcessCluster;
import io.meridian.chaos.history.HistoryFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code meridian chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = "Runs a cluster under a workload and faults, and checks what the clients saw.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:every promise was kept", "1:one was not, or could not be decided", "2:wrong usage"})
public final class ChaosMain implements Callable<Integer> {

    /** Where the nodes run; by default the seed decides. */
    static final class Where {
        @Option(names = "--containers", description = "Run each node in a container.")
        private boolean containers;

        @Option(names = "--processes", description = "Run each node as a process.")
        private boolean processes;
    }

    @Option(names = "--minutes", description = "How long faults are injected. Default: ${DEFAULT-VALUE}.")
    private double minutes = 1;

    @Option(names = "--seed", description = "What decides the faults and the workload. Default: any.")
    private long seed = ThreadLocalRandom.current().nextLong(1, 1_000_000);

    @ArgGroup
    private Where where = new Where();

    @Option(names = "--out", description = "Where logs, history and report go. Default: target/chaos/SEED.")
    private @Nullable Path out;

    @Option(names = "--launcher", description = "The distribution's bin/meridian. Default: the one built here.")
    private @Nullable Path launcher;

    @Option(names = "--image", description = "A local image of a node. Default: built from here.")
    private @Nullable String image;

    @Option(names = "--voters", description = "Nodes of the home region. Default: ${DEFAULT-VALUE}.")
    private int voters = 3;

    @Option(names = "--learners", description = "Nodes of the other region. Default: ${DEFAULT-VALUE}.")
    private int learners = 2;

    @Option(names = "--recheck", description = "Only check this history.jsonl again.")
    private @Nullable Path recheck;

    private ChaosMain() {}

    public static void main(String[] args) {
        System.exit(execute(args));
    }

    /** Runs it without ending the process; gives the exit code. */
    static int execute(String... args) {
        return new CommandLine(new ChaosMain()).execute(args);
    }

    @Override
    public Integer call() throws Exception {
        if (recheck != null) {
            return tell(new Report(Checks.of(HistoryFile.read(recheck))));
        }
        System.out.println("seed " + seed);
        Path folder = out == null
                ? OutFolder.fresh(Distribution.root().resolve("target/chaos"), Long.toString(seed))
                : OutFolder.empty(out);
        System.out.println("logs, history and report go to " + folder.toAbsolutePath());
        try (Cluster cluster = cluster(folder)) {
            Duration underFaults = Duration.ofMillis((long) (minutes * 60_000));
            ChaosScenario.Settings settings = new ChaosScenario.Settings(underFaults, seed, folder);
            return tell(new ChaosScenario(cluster, settings, System.out::println).run());
        }
    }

    private static int tell(Report report) {
        System.out.println(report.inWords());
        System.out.println(report.holds() ? "every promise was kept" : "NOT every promise was kept");
        return report.holds() ? 0 : 1;
    }

    /** Even seeds run in containers where Docker can run, odd ones as processes, unless it was said. */
    private Cluster cluster(Path folder) throws IOException, DockerMissing {
        ClusterLayout layout = ClusterLayout.of(voters, learners);
        boolean containers = where.containers || (!where.processes && seed % 2 == 0);
        if (containers) {
            try {
                Docker.ensure();
                String chosen = image == null ? NodeImage.ensure(Distribution.root()) : image;
                System.out.println("nodes are containers of " + chosen);
                return new ContainerCluster(layout, chosen, "/data", folder);
            } catch (DockerMissing e) {
                if (where.containers) {
                    throw e;
                }
                System.out.println("no containers: " + e.getMessage());
            }
        }
        System.out.println("nodes are processes");
        Optional<Path> found = launcher == null ? Distribution.launcher() : Optional.of(launcher);
        Path start = found.orElseThrow(
                () -> new IOException("no distribution in server/target: build it first, or name its --launcher"));
        return new ProcessCluster(layout, start, folder);
    }
}
