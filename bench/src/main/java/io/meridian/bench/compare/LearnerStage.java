// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.MERIDIAN;

import io.meridian.bench.client.RespClient;
import io.meridian.bench.load.Result;
import io.meridian.bench.load.Visibility;
import io.meridian.bench.system.MeridianRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/** A home region of three voters and a learner in another region. */
final class LearnerStage implements Stage {
    private static final int WARM_UP_WRITES = 300;
    private static final int WRITES = 700;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Plan plan;

    LearnerStage(Plan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "meridian-two-regions";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.VISIBLE.of(MERIDIAN));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (MeridianRegion region = MeridianRegion.start(plan.launcher(), folder, plan.javaOpts(), true);
                RespClient writer = RespClient.open(region.leader().target(), TIMEOUT);
                RespClient reader = RespClient.open(region.learner().target().at("eventual"), TIMEOUT)) {
            recorder.measure(
                    Load.VISIBLE.of(MERIDIAN),
                    region.pids(),
                    () -> Visibility.run(writer, reader, WARM_UP_WRITES),
                    () -> Visibility.run(writer, reader, WRITES),
                    Result::p99Millis);
            if (!plan.javaOpts().isEmpty()) {
                region.stop();
            }
        }
    }
}
