// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.MERIDIAN;

import io.meridian.bench.machine.Machine;
import io.meridian.bench.machine.Reading;
import io.meridian.bench.machine.Usage;
import io.meridian.bench.system.DemoCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** The demo's nine nodes in one process, with nobody connected. */
final class IdleStage implements Stage {
    // Compilers and collectors finish what starting up left them.
    private static final Duration SETTLE = Duration.ofSeconds(15);
    private static final Duration TIME = Duration.ofSeconds(20);

    private final Plan plan;

    IdleStage(Plan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "meridian-demo";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.IDLE_CPU.of(MERIDIAN), Load.IDLE_MEMORY.of(MERIDIAN));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (DemoCluster demo = DemoCluster.start(plan.launcher(), folder, plan.javaOpts())) {
            List<Long> servers = List.of(demo.pid());
            // There is nothing to wait for: what is measured is a time in which nothing happens.
            Thread.sleep(SETTLE);
            Usage usage;
            int tries = 0;
            do {
                Reading before = Machine.read(servers);
                Thread.sleep(TIME); // the time measured
                usage = before.until(Machine.read(servers));
            } while (!recorder.accepts(usage, ++tries));
            recorder.add(
                    Load.IDLE_CPU.of(MERIDIAN),
                    new Sample(usage.servers() * 100, OptionalDouble.empty(), Optional.of(usage), ""));
            recorder.add(
                    Load.IDLE_MEMORY.of(MERIDIAN),
                    new Sample(
                            Machine.residentBytes(demo.pid()) / Million.MEBI,
                            OptionalDouble.empty(),
                            Optional.empty(),
                            "resident memory, nothing collected for it"));
        }
    }
}
