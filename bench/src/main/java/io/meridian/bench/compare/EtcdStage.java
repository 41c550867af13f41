// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.ETCD;

import io.meridian.bench.load.EtcdLoad;
import io.meridian.bench.load.OneAtATime;
import io.meridian.bench.load.Result;
import io.meridian.bench.load.Until;
import io.meridian.bench.system.EtcdCluster;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Three members of etcd, all requests at the leader.
 *
 * <p>While it warms up, each load tries several numbers of connections; measured is the one that served it best.
 */
final class EtcdStage implements Stage {
    private static final List<Integer> CHANNELS = List.of(1, 5, 25);

    private final Plan plan;

    EtcdStage(Plan plan) {
        this.plan = plan;
    }

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.SET.of(ETCD), Load.SET_ALONE.of(ETCD), Load.GET_LINEARIZABLE.of(ETCD));
    }

    /** A load on etcd for some time. */
    private interface Clients {
        Result run(EtcdLoad load, Until until) throws IOException, InterruptedException;
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (EtcdCluster etcd = EtcdCluster.start(folder)) {
            // So that ranges find something; etcd's time for a range does not depend on how many keys there are.
            try (EtcdLoad load = load(etcd, 5)) {
                var _ = load.put(Plan.CLIENTS, Until.after(plan.warmUp()));
            }
            best(recorder, Load.SET.of(ETCD), etcd, (load, until) -> load.put(Plan.CLIENTS, until));
            try (EtcdLoad load = load(etcd, 1)) {
                recorder.measure(
                        Load.SET_ALONE.of(ETCD),
                        etcd.pids(),
                        () -> OneAtATime.run(load.blockingPut(), Plan.KEYS, Until.after(plan.slice())),
                        () -> OneAtATime.run(load.blockingPut(), Plan.KEYS, Until.after(plan.time())),
                        Result::p50Millis);
            }
            best(recorder, Load.GET_LINEARIZABLE.of(ETCD), etcd, (load, until) -> load.range(Plan.CLIENTS, until));
        }
    }

    private void best(Recorder recorder, FigureKey key, EtcdCluster etcd, Clients clients) throws InterruptedException {
        Duration share = plan.slice().dividedBy(CHANNELS.size());
        int[] best = new int[1];
        recorder.rate(
                key,
                etcd.pids(),
                () -> {
                    Result fastest = new Result(0, 1, 0, 0);
                    for (int channels : CHANNELS) {
                        try (EtcdLoad load = load(etcd, channels)) {
                            Result result = clients.run(load, Until.after(share));
                            if (result.perSecond() >= fastest.perSecond()) {
                                fastest = result;
                                best[0] = channels;
                            }
                        }
                    }
                    return fastest;
                },
                () -> {
                    try (EtcdLoad load = load(etcd, best[0])) {
                        return clients.run(load, Until.after(plan.time()));
                    }
                });
    }

    private static EtcdLoad load(EtcdCluster etcd, int channels) {
        return new EtcdLoad(etcd.leaderPort(), channels, Plan.VALUE_BYTES, Plan.KEYS);
    }
}
