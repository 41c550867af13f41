// SPDX-License-Identifier: Apache-2.0
/**
 * Metrics: the plain counters of all modules, and of the JVM, as one text for Prometheus.
 *
 * <p>Other modules do not know this package: they count with adders, and the wiring registers the counts here. Start at
 * {@link io.meridian.server.metrics.Meters}.
 */
@NullMarked
package io.meridian.server.metrics;

import org.jspecify.annotations.NullMarked;
