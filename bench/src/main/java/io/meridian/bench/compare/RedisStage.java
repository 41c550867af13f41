// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.system.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** One Redis with one way of syncing its append-only file. */
final class RedisStage implements Stage {
    private final RespRuns runs;
    private final Peer peer;
    private final String appendFsync;

    RedisStage(Plan plan, Peer peer, String appendFsync) {
        this.runs = new RespRuns(plan);
        this.peer = peer;
        this.appendFsync = appendFsync;
    }

    @Override
    public String name() {
        return "redis-" + appendFsync;
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.GET.of(peer), Load.GET_PIPELINED.of(peer), Load.SET.of(peer), Load.SET_PIPELINED.of(peer));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (RedisServer redis = RedisServer.start(appendFsync, folder)) {
            List<Long> servers = List.of(redis.pid());
            runs.fill(redis.target());
            runs.benchmark(recorder, Load.GET.of(peer), servers, redis.target(), "get", 1);
            runs.benchmark(recorder, Load.GET_PIPELINED.of(peer), servers, redis.target(), "get", Plan.PIPELINE);
            runs.benchmark(recorder, Load.SET.of(peer), servers, redis.target(), "set", 1);
            runs.benchmark(recorder, Load.SET_PIPELINED.of(peer), servers, redis.target(), "set", Plan.PIPELINE);
        }
    }
}
