// SPDX-License-Identifier: Apache-2.0
/**
 * What makes the load: redis-benchmark and wrk where they can, generators of our own where they cannot.
 *
 * <p>Start reading at {@link io.meridian.bench.load.Result}.
 */
@NullMarked
package io.meridian.bench.load;

import org.jspecify.annotations.NullMarked;
