// SPDX-License-Identifier: Apache-2.0
/**
 * Sends the same random commands to a real Redis and to Meridian, and tells where they differ.
 *
 * <p>A {@link io.meridian.engine.testing.differential.Subject} is one of the two; the generators, one for each family of
 * commands, know nothing of them. Start reading at {@link io.meridian.engine.testing.differential.Differential}.
 */
@NullMarked
package io.meridian.engine.testing.differential;

import org.jspecify.annotations.NullMarked;
