// SPDX-License-Identifier: Apache-2.0

/**
 * Chaos runs: a real cluster, a workload, faults, and checks of what the clients saw.
 *
 * <pre>
 *   cluster   processes or containers that can be killed and paused     client    one connection to one node
 *   workload  clients that record what they ask and get                 history   operations, and their file
 *   fault     a seeded schedule of faults                               check     from a history to a verdict
 * </pre>
 *
 * <p>Imports nothing of Meridian: a cluster is its distribution, started by its launcher. Start with {@link
 * io.meridian.chaos.ChaosScenario}.
 */
@NullMarked
package io.meridian.chaos;

import org.jspecify.annotations.NullMarked;
