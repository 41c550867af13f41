// SPDX-License-Identifier: Apache-2.0

/**
 * What clients saw during a run: operations with their times and outcomes, in memory and as JSON lines.
 *
 * <p>Knows nothing of clusters, faults or checks. Start with {@link io.meridian.chaos.history.Operation}.
 */
@NullMarked
package io.meridian.chaos.history;

import org.jspecify.annotations.NullMarked;
