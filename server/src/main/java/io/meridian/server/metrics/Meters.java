// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * All metrics of one node.
 *
 * <p>Nothing is counted here: a scrape asks the suppliers that were registered, so that counting costs what the owner
 * of a count makes it cost. Suppliers are quick and safe for any thread. Names are in Micrometer's form, with dots; Prometheus
 * shows {@code meridian.commands} as {@code meridian_commands_total}.
 */
public final class Meters implements AutoCloseable {
    /** More commands than any Redis has; beyond it somebody made metrics of what clients send. */
    private static final int COMMANDS_MAX = 1_000;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<String, Histograms> histograms = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> commands = new ConcurrentHashMap<>();
    // Micrometer refers to counters weakly.
    private final Queue<Object> held = new ConcurrentLinkedQueue<>();
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    /** @param version of the program; with cluster, region and node the labels of {@code meridian_node} */
    public Meters(String cluster, String region, String node, String version) {
        Map<String, String> labels =
                new TreeMap<>(Map.of("cluster", cluster, "region", region, "node", node, "version", version));
        gauge("meridian.node", "Always 1; its labels say which node this is.", labels, () -> 1);
    }

    /** Adds memory, garbage collection, threads, CPU, open files and uptime of this process. */
    public Meters withProcess() {
        new JvmMemoryMetrics().bindTo(registry);
        garbage.bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new JvmInfoMetrics().bindTo(registry);
        new ClassLoaderMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        return this;
    }

    /** Adds what a replica of a group tells; {@code group} as it is written, {@code us-east/0}. */
    public void group(String group, GroupView view) {
        Map<String, String> labels = Map.of("group", group);
        gauge("meridian.group.applied.index", "The highest index applied here.", labels, view::appliedIndex);
        gauge(
                "meridian.group.committed.index",
                "The highest index known here to be committed.",
                labels,
                view::committedIndex);
        gauge(
                "meridian.group.lag.entries",
                "Entries behind: committed less applied.",
                labels,
                () -> Math.max(0, view.committedIndex() - view.appliedIndex()));
        gauge(
                "meridian.group.staleness.seconds",
                "How old what this replica shows may be; NaN while not known.",
                labels,
                () -> view.stalenessMillis() < 0 ? Double.NaN : view.stalenessMillis() / 1_000.0);
        gauge("meridian.group.leader", "1 where this node leads the group.", labels, () -> view.isLeader() ? 1 : 0);
    }

    /** Adds the calls of one command; throws IllegalStateException for more commands than there can be. */
    public void command(String name, LongSupplier calls) {
        String command = name.toLowerCase(Locale.ROOT);
        if (commands.putIfAbsent(command, calls) != null || commands.size() > COMMANDS_MAX) {
            throw new IllegalStateException("command " + command + " is counted already, or is one too many");
        }
        count("meridian.commands", "Commands executed for clients of this node.", Map.of("command", command), calls);
    }

    /** Adds a number that only grows. */
    public void count(String name, String doc, Map<String, String> labels, LongSupplier value) {
        held.add(value);
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
                .description(doc)
                .tags(tags(labels))
                .register(registry);
    }

    /** Adds a number that goes up and down. */
    public void gauge(String name, String doc, Map<String, String> labels, DoubleSupplier value) {
        Gauge.builder(name, value, DoubleSupplier::getAsDouble)
                .description(doc)
                .tags(tags(labels))
                .strongReference(true)
                .register(registry);
    }

    /** Adds a histogram; its name ends in its unit: {@code meridian.group.commit.seconds}. */
    public void histogram(String name, String doc, Map<String, String> labels, HistogramView view) {
        histograms
                .computeIfAbsent(name, _ -> {
                    Histograms all = new Histograms(name.replace('.', '_'), doc);
                    registry.getPrometheusRegistry().register(all);
                    return all;
                })
                .add(labels(labels), view);
    }

    /** All metrics now, in Prometheus' text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }

    private static List<Tag> tags(Map<String, String> labels) {
        List<Tag> tags = new ArrayList<>();
        new TreeMap<>(labels).forEach((name, value) -> tags.add(Tag.of(name, value)));
        return tags;
    }

    private static Labels labels(Map<String, String> labels) {
        TreeMap<String, String> sorted = new TreeMap<>(labels);
        return Labels.of(sorted.keySet().toArray(String[]::new), sorted.values().toArray(String[]::new));
    }
}
