// SPDX-License-Identifier: Apache-2.0

/**
 * Real clusters, as processes or containers, whose nodes can be killed, paused and started again.
 *
 * <p>Knows the distribution only by its launcher and its configuration file. Start with {@link
 * io.meridian.chaos.cluster.Cluster}.
 */
@NullMarked
package io.meridian.chaos.cluster;

import org.jspecify.annotations.NullMarked;
