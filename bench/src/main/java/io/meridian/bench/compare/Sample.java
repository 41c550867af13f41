// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.machine.Usage;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A figure, measured once.
 *
 * @param value in the unit of its load
 * @param cpuMicros the servers' processor time for each request, in microseconds; empty where nothing is requested
 * @param usage who used the machine meanwhile; empty for what has no duration
 * @param note what else was seen; may be empty
 */
record Sample(double value, OptionalDouble cpuMicros, Optional<Usage> usage, String note) {}
