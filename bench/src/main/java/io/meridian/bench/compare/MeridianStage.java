// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.MERIDIAN;

import io.meridian.bench.client.RespClient;
import io.meridian.bench.client.Target;
import io.meridian.bench.load.OneAtATime;
import io.meridian.bench.load.RespLoad.Verb;
import io.meridian.bench.load.Result;
import io.meridian.bench.load.Until;
import io.meridian.bench.load.Words;
import io.meridian.bench.load.Wrk;
import io.meridian.bench.system.MeridianRegion;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** One region of Meridian under the loads that Redis and etcd get too, all at the leader's node. */
final class MeridianStage implements Stage {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Plan plan;
    private final RespRuns runs;

    MeridianStage(Plan plan) {
        this.plan = plan;
        this.runs = new RespRuns(plan);
    }

    @Override
    public String name() {
        return "meridian";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(
                Load.GET.of(MERIDIAN),
                Load.GET_PIPELINED.of(MERIDIAN),
                Load.SET.of(MERIDIAN),
                Load.SET_PIPELINED.of(MERIDIAN),
                Load.SET_PIPELINED_OWN.of(MERIDIAN),
                Load.MIXED_PIPELINED.of(MERIDIAN),
                Load.SET_ALONE.of(MERIDIAN),
                Load.GET_LINEARIZABLE.of(MERIDIAN),
                Load.REST_GET.of(MERIDIAN));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (MeridianRegion region = MeridianRegion.start(plan.launcher(), folder, plan.javaOpts(), false)) {
            MeridianRegion.Node leader = region.leader();
            Target target = leader.target();
            List<Long> servers = region.pids();
            runs.fill(target);
            runs.benchmark(recorder, Load.GET.of(MERIDIAN), servers, target.at("eventual"), "get", 1);
            runs.benchmark(
                    recorder, Load.GET_PIPELINED.of(MERIDIAN), servers, target.at("eventual"), "get", Plan.PIPELINE);
            runs.benchmark(recorder, Load.SET.of(MERIDIAN), servers, target, "set", 1);
            runs.benchmark(recorder, Load.SET_PIPELINED.of(MERIDIAN), servers, target, "set", Plan.PIPELINE);
            runs.pipeline(recorder, Load.SET_PIPELINED_OWN.of(MERIDIAN), servers, target, List.of(Verb.SET));
            runs.pipeline(recorder, Load.MIXED_PIPELINED.of(MERIDIAN), servers, target, List.of(Verb.SET, Verb.GET));
            recorder.measure(
                    Load.SET_ALONE.of(MERIDIAN),
                    servers,
                    () -> alone(target, plan.slice()),
                    () -> alone(target, plan.time()),
                    Result::p50Millis);
            runs.benchmark(recorder, Load.GET_LINEARIZABLE.of(MERIDIAN), servers, target.at("linearizable"), "get", 1);
            recorder.rate(
                    Load.REST_GET.of(MERIDIAN),
                    servers,
                    () -> rest(leader, plan.slice(), folder),
                    () -> rest(leader, plan.time(), folder));
            if (!plan.javaOpts().isEmpty()) {
                region.stop();
            }
        }
    }

    private static Result alone(Target target, Duration time) throws IOException {
        String value = Words.value(Plan.VALUE_BYTES);
        try (RespClient client = RespClient.open(target, TIMEOUT)) {
            return OneAtATime.run(key -> client.call("SET", Words.key(key), value), Plan.KEYS, Until.after(time));
        }
    }

    private static Result rest(MeridianRegion.Node leader, Duration time, Path folder)
            throws IOException, InterruptedException {
        return Wrk.run(leader.restPort(), leader.target().token(), Plan.CLIENTS, Plan.KEYS, time, folder);
    }
}
