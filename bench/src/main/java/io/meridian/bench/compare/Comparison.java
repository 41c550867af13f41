// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.system.Folders;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Runs the systems one after the other, and that again in every round: never two at once. */
final class Comparison {
    private final Plan plan;
    private final PrintWriter progress;
    private final List<Stage> stages;

    Comparison(Plan plan, PrintWriter progress) {
        this(plan, progress, stages(plan));
    }

    Comparison(Plan plan, PrintWriter progress, List<Stage> stages) {
        this.plan = plan;
        this.progress = progress;
        this.stages = List.copyOf(stages);
    }

    static List<Stage> stages(Plan plan) {
        return List.of(
                new MeridianStage(plan),
                new RedisStage(plan, Peer.REDIS_EVERYSEC, "everysec"),
                new RedisStage(plan, Peer.REDIS_ALWAYS, "always"),
                new EtcdStage(plan),
                new LearnerStage(plan),
                new MemoryStage(plan),
                new RedisMemoryStage(),
                new IdleStage(plan));
    }

    /** The figures that the plan's rows need. */
    static Set<FigureKey> wanted(List<Row> rows) {
        Set<FigureKey> wanted = new LinkedHashSet<>();
        rows.forEach(row -> row.keys().forEach(wanted::add));
        return wanted;
    }

    /** Measures all; throws NoisyMachineException when others disturb, IOException when data cannot be removed. */
    Recorder run() throws IOException, InterruptedException {
        Recorder recorder = new Recorder(wanted(plan.rows()), plan.quiet(), progress);
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Stage stage : stages) {
                if (stage.offers().stream().anyMatch(recorder::wants)) {
                    progress.printf("round %d of %d: %s%n", round, plan.rounds(), stage.name());
                    progress.flush();
                    run(stage, recorder, round);
                }
            }
        }
        return recorder;
    }

    private void run(Stage stage, Recorder recorder, int round) throws IOException, InterruptedException {
        Path folder = plan.folder().resolve(stage.name() + "-" + round);
        Folders.delete(folder);
        plan.quiet().await();
        Files.createDirectories(folder);
        try {
            stage.run(recorder, folder);
        } catch (IOException | IllegalStateException e) {
            stage.offers().stream().filter(recorder::wants).forEach(key -> recorder.fail(key, e));
        } finally {
            // Also of a run that others disturbed, or that was interrupted.
            if (!plan.keepsData()) {
                Folders.delete(folder);
            }
        }
    }
}
