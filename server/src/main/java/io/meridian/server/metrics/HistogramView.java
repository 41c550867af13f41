// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Counts of values by size, kept elsewhere.
 *
 * @param counts how many values each bucket holds, from the smallest; a copy, always as long
 * @param upperBound the largest value that a bucket holds; rises with the bucket
 * @param sum of all values
 * @param unit what one unit of those values is in the metric's own unit: 1e-6 for microseconds in seconds
 * @param boundMax buckets above this bound, in the values' unit, are told as one
 */
public record HistogramView(
        Supplier<long[]> counts, IntToLongFunction upperBound, LongSupplier sum, double unit, long boundMax) {}
