// SPDX-License-Identifier: Apache-2.0
/**
 * How fast Meridian is, and next to what: {@code bin/meridian bench}.
 *
 * <p>Sees the distribution from outside, as any client does; only the microbenchmarks look inside, see
 * {@link io.meridian.bench.jmh}. Start reading at {@link io.meridian.bench.BenchMain}.
 */
@NullMarked
package io.meridian.bench;

import org.jspecify.annotations.NullMarked;
