// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.MERIDIAN;

import io.meridian.bench.machine.Machine;
import io.meridian.bench.machine.Reading;
import io.meridian.bench.machine.Usage;
import io.meridian.bench.system.HeapProbe;
import io.meridian.bench.system.MeridianRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** A million keys in a region of Meridian: what they take on each node, and how soon a node with them is back. */
final class MemoryStage implements Stage {
    private final Plan plan;

    MemoryStage(Plan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "meridian-million";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.MEMORY.of(MERIDIAN), Load.RESTART.of(MERIDIAN));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (MeridianRegion region = MeridianRegion.start(plan.launcher(), folder, plan.javaOpts(), false)) {
            if (recorder.wants(Load.MEMORY.of(MERIDIAN))) {
                memory(recorder, region);
            } else {
                write(region);
            }
            if (recorder.wants(Load.RESTART.of(MERIDIAN))) {
                MeridianRegion.Node follower = region.follower();
                Restart stopped = restart(recorder, region, follower, true);
                Restart killed = restart(recorder, region, follower, false);
                Restart longer = stopped.seconds > killed.seconds ? stopped : killed;
                recorder.add(
                        Load.RESTART.of(MERIDIAN),
                        new Sample(
                                longer.seconds,
                                OptionalDouble.empty(),
                                Optional.of(longer.usage),
                                String.format(
                                        Locale.ROOT,
                                        "%.2f s after a stop, %.2f s after kill -9",
                                        stopped.seconds,
                                        killed.seconds)));
            }
        }
    }

    private static void write(MeridianRegion region) throws IOException, InterruptedException {
        Million.write(region.leader().target());
        for (MeridianRegion.Node node : region.voters()) {
            region.awaitValue(node, Million.lastKey(), Million.value());
        }
    }

    private static void memory(Recorder recorder, MeridianRegion region) throws IOException, InterruptedException {
        double empty = mostResident(region);
        List<Footprint> before = footprints(region);
        write(region);
        double uncollected = mostResident(region);
        List<Footprint> after = footprints(region);
        double[] resident = new double[before.size()];
        double live = 0;
        for (int i = 0; i < resident.length; i++) {
            resident[i] = (after.get(i).residentBytes - before.get(i).residentBytes) / Million.MEBI;
            live += (after.get(i).liveBytes - before.get(i).liveBytes) / Million.MEBI / resident.length;
        }
        recorder.add(
                Load.MEMORY.of(MERIDIAN),
                new Sample(
                        java.util.Arrays.stream(resident).average().orElseThrow(),
                        OptionalDouble.empty(),
                        Optional.empty(),
                        String.format(
                                Locale.ROOT,
                                "growth of resident memory per node, collected before and after: %.0f to %.0f MiB; of"
                                        + " the live heap: %.0f MiB; a node has %.0f MiB then; with nothing collected,"
                                        + " %.0f MiB when empty and %.0f MiB just after the writes",
                                java.util.Arrays.stream(resident).min().orElseThrow(),
                                java.util.Arrays.stream(resident).max().orElseThrow(),
                                live,
                                after.getFirst().residentBytes / Million.MEBI,
                                empty,
                                uncollected)));
    }

    /** The resident memory of the voter that has most, in MiB. */
    private static double mostResident(MeridianRegion region) {
        return region.voters().stream()
                .mapToDouble(node -> Machine.residentBytes(node.pid()) / Million.MEBI)
                .max()
                .orElseThrow();
    }

    private record Footprint(long residentBytes, long liveBytes) {}

    private static List<Footprint> footprints(MeridianRegion region) throws IOException, InterruptedException {
        List<Footprint> footprints = new ArrayList<>();
        for (MeridianRegion.Node node : region.voters()) {
            // What a collection frees is given back by the next one.
            HeapProbe.liveBytes(node.pid());
            long live = HeapProbe.liveBytes(node.pid());
            footprints.add(new Footprint(Machine.residentBytes(node.pid()), live));
        }
        return footprints;
    }

    /**
     * A restart in which others left the machine alone.
     *
     * @param seconds from the start of the process until it says that it is ready and its own replica shows the last key
     */
    private record Restart(double seconds, Usage usage) {}

    private static Restart restart(
            Recorder recorder, MeridianRegion region, MeridianRegion.Node node, boolean inGoodOrder)
            throws IOException, InterruptedException {
        for (int tries = 1; ; tries++) {
            Restart restart = restart(region, node, inGoodOrder);
            if (recorder.accepts(restart.usage, tries)) {
                return restart;
            }
        }
    }

    private static Restart restart(MeridianRegion region, MeridianRegion.Node node, boolean inGoodOrder)
            throws IOException, InterruptedException {
        if (inGoodOrder) {
            region.stop(node);
        } else {
            region.kill(node);
        }
        // The node is gone: what it used before its end counts no more, and its successor starts at nothing.
        Reading before = Machine.read(region.pids());
        long started = System.nanoTime();
        region.launch(node);
        region.awaitReady(node);
        region.awaitValue(node, Million.lastKey(), Million.value());
        double seconds = (System.nanoTime() - started) / 1e9;
        return new Restart(seconds, before.until(Machine.read(region.pids())));
    }
}
