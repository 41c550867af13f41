// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.machine.QuietRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How a comparison is run.
 *
 * @param rows which rows of the table
 * @param rounds how often each figure is measured
 * @param time for how long each load is measured
 * @param warmUp for how long each load runs at least before it is measured
 * @param threads how many threads of redis-benchmark make the load
 * @param launcher the distribution's {@code bin/meridian}
 * @param folder for the data of all servers
 * @param keepsData whether data and logs stay there at the end
 * @param javaOpts options for Meridian's JVMs beside those of the launcher
 * @param quiet when figures count
 */
record Plan(
        List<Row> rows,
        int rounds,
        Duration time,
        Duration warmUp,
        int threads,
        Path launcher,
        Path folder,
        boolean keepsData,
        String javaOpts,
        QuietRule quiet) {
    /** The number of connections, and of clients of etcd. */
    static final int CLIENTS = 50;

    /** The length of a pipeline. */
    static final int PIPELINE = 16;

    /** The length of values, but for the row about memory. */
    static final int VALUE_BYTES = 100;

    /** How many keys there are, but for the row about memory. */
    static final long KEYS = 100_000;

    /** For how long a load runs at a time while it warms up. */
    Duration slice() {
        return warmUp.dividedBy(Recorder.SLICES_MIN);
    }

    /** Whether the launcher starts nodes with what the JVM learnt in a rehearsal: an empty file says that there is none. */
    boolean nodesHaveCache() {
        return launcher.resolveSibling(Path.of("..", "meridian.aot")).toFile().length() > 0;
    }
}
