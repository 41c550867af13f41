// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** A figure over all rounds; never empty. */
record Figure(List<Sample> samples) {
    Figure {
        samples = List.copyOf(samples);
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("a figure without a sample");
        }
    }

    /** The middle one; of an even number, the mean of the two in the middle. */
    double median() {
        return median(values(Sample::value));
    }

    /** The sample that has the median; of an even number, the lower of the two in the middle. */
    Sample middle() {
        return samples.stream()
                .sorted(Comparator.comparingDouble(Sample::value))
                .toList()
                .get((samples.size() - 1) / 2);
    }

    double least() {
        return Arrays.stream(values(Sample::value)).min().orElseThrow();
    }

    double most() {
        return Arrays.stream(values(Sample::value)).max().orElseThrow();
    }

    /** The median of what some samples tell; empty when none does. */
    OptionalDouble median(java.util.function.Function<Sample, OptionalDouble> part) {
        double[] told = samples.stream()
                .map(part)
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .toArray();
        return told.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(median(told));
    }

    private double[] values(ToDoubleFunction<Sample> part) {
        return samples.stream().mapToDouble(part).toArray();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
