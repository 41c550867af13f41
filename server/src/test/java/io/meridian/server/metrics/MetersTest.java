// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class MetersTest {
    private final Meters meters = new Meters("demo", "us", "us-1", "1.2.3");

    @AfterEach
    void close() {
        meters.close();
    }

    @Test
    void aReplicaTellsIndexesLagAndStaleness() {
        meters.group("us/0", replica(120, 150, 250, false));
        meters.group("eu/0", replica(7, 7, 0, true));

        assertThat(meters.scrape().lines())
                .contains(
                        "meridian_group_applied_index{group=\"us/0\"} 120.0",
                        "meridian_group_committed_index{group=\"us/0\"} 150.0",
                        "meridian_group_lag_entries{group=\"us/0\"} 30.0",
                        "meridian_group_staleness_seconds{group=\"us/0\"} 0.25",
                        "meridian_group_leader{group=\"us/0\"} 0.0",
                        "meridian_group_leader{group=\"eu/0\"} 1.0");
    }

    @Test
    void stalenessThatIsNotKnownIsNoNumber() {
        meters.group("us/0", replica(0, 0, -1, false));

        assertThat(meters.scrape().lines()).contains("meridian_group_staleness_seconds{group=\"us/0\"} NaN");
    }

    @Test
    void countersShowWhatTheirOwnersCounted() {
        LongAdder calls = new LongAdder();
        meters.command("GET", calls::sum);
        calls.add(3);
        // Micrometer refers to what it reads weakly; the count must outlive a collection all the same.
        System.gc();

        assertThat(meters.scrape().lines())
                .contains("# TYPE meridian_commands_total counter", "meridian_commands_total{command=\"get\"} 3.0");
    }

    @Test
    void aCommandIsCountedOnceAndTheirNumberIsBounded() {
        meters.command("get", () -> 0);
        assertThatThrownBy(() -> meters.command("GET", () -> 0)).isInstanceOf(IllegalStateException.class);
        for (int i = 1; i < 1_000; i++) {
            meters.command("c" + i, () -> 0);
        }
        assertThatThrownBy(() -> meters.command("one-too-many", () -> 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aHistogramIsToldInItsUnitWithWhatIsAboveInOneBucket() {
        long[] counts = {1, 0, 2, 4, 8};
        meters.histogram(
                "meridian.group.commit.seconds",
                "From proposing to applying.",
                Map.of("group", "us/0"),
                new HistogramView(counts::clone, bucket -> (1L << bucket) - 1, () -> 90, 1e-3, 3));

        assertThat(meters.scrape().lines())
                .contains(
                        "# TYPE meridian_group_commit_seconds histogram",
                        "meridian_group_commit_seconds_bucket{group=\"us/0\",le=\"0.0\"} 1",
                        "meridian_group_commit_seconds_bucket{group=\"us/0\",le=\"0.001\"} 1",
                        "meridian_group_commit_seconds_bucket{group=\"us/0\",le=\"0.003\"} 3",
                        "meridian_group_commit_seconds_bucket{group=\"us/0\",le=\"+Inf\"} 15",
                        "meridian_group_commit_seconds_count{group=\"us/0\"} 15",
                        "meridian_group_commit_seconds_sum{group=\"us/0\"} 0.09");
    }

    @Test
    void theNodeSaysWhichItIs() {
        assertThat(meters.scrape().lines())
                .contains("meridian_node{cluster=\"demo\",node=\"us-1\",region=\"us\",version=\"1.2.3\"} 1.0");
    }

    @Test
    void theProcessTellsMemoryCollectionsThreadsCpuAndFiles() {
        assertThat(meters.withProcess().scrape())
                .contains(
                        "jvm_memory_used_bytes{",
                        "jvm_gc_",
                        "jvm_threads_live_threads ",
                        "process_cpu_usage ",
                        "process_files_open_files ",
                        "process_uptime_seconds ");
    }

    private static GroupView replica(long applied, long committed, long stalenessMillis, boolean isLeader) {
        return new GroupView() {
            @Override
            public long appliedIndex() {
                return applied;
            }

            @Override
            public long committedIndex() {
                return committed;
            }

            @Override
            public long stalenessMillis() {
                return stalenessMillis;
            }

            @Override
            public boolean isLeader() {
                return isLeader;
            }
        };
    }
}
