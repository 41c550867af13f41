// SPDX-License-Identifier: Apache-2.0
/**
 * The comparison itself: which figures there are, what they are held against, and the table of them.
 *
 * <p>Start reading at {@link io.meridian.bench.compare.Row}, which is the table, and
 * {@link io.meridian.bench.compare.Comparison}, which fills it.
 */
@NullMarked
package io.meridian.bench.compare;

import org.jspecify.annotations.NullMarked;
