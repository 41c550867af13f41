// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static io.meridian.bench.compare.Peer.REDIS_EVERYSEC;

import io.meridian.bench.machine.Machine;
import io.meridian.bench.system.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** The same million keys in Redis. */
final class RedisMemoryStage implements Stage {
    @Override
    public String name() {
        return "redis-million";
    }

    @Override
    public Set<FigureKey> offers() {
        return Set.of(Load.MEMORY.of(REDIS_EVERYSEC));
    }

    @Override
    public void run(Recorder recorder, Path folder) throws IOException, InterruptedException {
        try (RedisServer redis = RedisServer.start("everysec", folder)) {
            long residentBefore = Machine.residentBytes(redis.pid());
            long usedBefore = redis.usedMemory();
            Million.write(redis.target());
            double resident = (Machine.residentBytes(redis.pid()) - residentBefore) / Million.MEBI;
            double used = (redis.usedMemory() - usedBefore) / Million.MEBI;
            recorder.add(
                    Load.MEMORY.of(REDIS_EVERYSEC),
                    new Sample(
                            resident,
                            OptionalDouble.empty(),
                            Optional.empty(),
                            String.format(Locale.ROOT, "growth of resident memory; of used_memory: %.0f MiB", used)));
        }
    }
}
