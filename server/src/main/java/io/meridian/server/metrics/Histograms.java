// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All histograms of one name, one for each set of labels; Micrometer itself cannot show counts kept elsewhere. */
final class Histograms implements Collector {
    private final MetricMetadata metadata;
    private final Map<Labels, HistogramView> views = new ConcurrentHashMap<>();

    Histograms(String name, String doc) {
        metadata = new MetricMetadata(name, doc);
    }

    void add(Labels labels, HistogramView view) {
        views.put(labels, view);
    }

    @Override
    public MetricFamilyDescriptor getMetricFamilyDescriptor() {
        return MetricFamilyDescriptor.of(MetricType.HISTOGRAM, metadata);
    }

    @Override
    public HistogramSnapshot collect() {
        List<HistogramDataPointSnapshot> points = new ArrayList<>();
        views.forEach((labels, view) -> points.add(new HistogramDataPointSnapshot(
                buckets(view), view.sum().getAsLong() * view.unit(), labels, Exemplars.EMPTY, 0)));
        return new HistogramSnapshot(metadata, points);
    }

    private static ClassicHistogramBuckets buckets(HistogramView view) {
        long[] counts = view.counts().get();
        List<Double> bounds = new ArrayList<>();
        List<Long> told = new ArrayList<>();
        int bucket = 0;
        for (; bucket < counts.length && view.upperBound().applyAsLong(bucket) <= view.boundMax(); bucket++) {
            bounds.add(view.upperBound().applyAsLong(bucket) * view.unit());
            told.add(counts[bucket]);
        }
        long above = 0;
        for (; bucket < counts.length; bucket++) {
            above += counts[bucket];
        }
        bounds.add(Double.POSITIVE_INFINITY);
        told.add(above);
        return ClassicHistogramBuckets.of(bounds, told);
    }
}
