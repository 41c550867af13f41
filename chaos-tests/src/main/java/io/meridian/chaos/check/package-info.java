// SPDX-License-Identifier: Apache-2.0

/**
 * Pure functions from a history to a verdict: linearizability, session guarantees, exactly once, equal digests.
 *
 * <p>No clock but for the bound on its own run time, no network. Start with {@link
 * io.meridian.chaos.check.Linearizability}.
 */
@NullMarked
package io.meridian.chaos.check;

import org.jspecify.annotations.NullMarked;
