// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** One system: started, measured, and stopped again. */
interface Stage {
    /** What it is, in the log and in the name of its folder. */
    String name();

    /** The figures that it can measure. */
    Set<FigureKey> offers();

    /**
     * Starts the system, measures what the recorder wants of it, and stops it.
     *
     * @param folder for its data; empty
     */
    void run(Recorder recorder, Path folder) throws IOException, InterruptedException;
}
