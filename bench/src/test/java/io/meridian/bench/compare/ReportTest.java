// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.bench.machine.Usage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Map<FigureKey, Figure> figures = new LinkedHashMap<>();

    @Test
    void aRatioIsThatOfTheMedians() {
        figures.put(Load.GET.of(Peer.MERIDIAN), FigureTest.of(150_000, 100_000, 90_000));
        figures.put(Load.GET.of(Peer.REDIS_EVERYSEC), FigureTest.of(120_000, 125_000, 300_000));

        Report report = new Report(List.of(Row.GET), figures, Map.of());

        assertThat(report.judged(Row.GET.claims().getFirst())).hasValue(0.8);
        assertThat(report.holds()).isTrue();
        assertThat(report.markdown("heading"))
                .startsWith("heading\n")
                .contains("| 100.0 k/s | Redis everysec 125.0 k/s | 0.80 × | ≥ 0.80 × | ≥ 1.20 × | held |");
    }

    @Test
    void aRowBelowItsBoundDoesNotHold() {
        figures.put(Load.GET.of(Peer.MERIDIAN), FigureTest.of(99_000));
        figures.put(Load.GET.of(Peer.REDIS_EVERYSEC), FigureTest.of(125_000));

        Report report = new Report(List.of(Row.GET), figures, Map.of());

        assertThat(report.holds()).isFalse();
        assertThat(report.markdown("")).contains("**missed**");
    }

    @Test
    void aFigureThatIsMissingIsSaidAndDoesNotHold() {
        figures.put(Load.GET.of(Peer.MERIDIAN), FigureTest.of(99_000));

        Report report = new Report(
                List.of(Row.GET),
                figures,
                Map.of(Load.GET.of(Peer.REDIS_EVERYSEC), new Failure(3, "it did not start\nand more")));

        assertThat(report.holds()).isFalse();
        assertThat(report.markdown(""))
                .contains("Redis everysec not measured")
                .contains("Not measured: Redis everysec: GET, 50 connections: it did not start\n")
                .doesNotContain("and more");
    }

    @Test
    void aRoundThatFailedIsSaidAndDoesNotHoldWhateverTheOthersShow() {
        figures.put(Load.GET.of(Peer.MERIDIAN), FigureTest.of(150_000, 150_000));
        figures.put(Load.GET.of(Peer.REDIS_EVERYSEC), FigureTest.of(100_000, 100_000, 100_000));

        Report report =
                new Report(List.of(Row.GET), figures, Map.of(Load.GET.of(Peer.MERIDIAN), new Failure(1, "no leader")));

        assertThat(report.holds()).isFalse();
        assertThat(report.markdown(""))
                .contains("Failed 1 times beside 2 measured: Meridian: GET, 50 connections: no leader\n");
    }

    @Test
    void theNoteIsThatOfTheMedian() {
        figures.put(
                Load.IDLE_MEMORY.of(Peer.MERIDIAN),
                new Figure(List.of(noted(1, "lowest"), noted(3, "highest"), noted(2, "middle"))));

        assertThat(new Report(List.of(Row.IDLE), figures, Map.of()).markdown(""))
                .contains("| middle |")
                .doesNotContain("lowest |", "highest |");
    }

    private static Sample noted(double value, String note) {
        return new Sample(value, OptionalDouble.empty(), Optional.empty(), note);
    }

    @Test
    void tellsWhoUsedTheMachine() {
        Sample sample = new Sample(
                12.5, OptionalDouble.of(31.25), Optional.of(new Usage(1, 1.5, 0.5, 0.02, 0.01)), "p50 1.00 ms");
        figures.put(Load.IDLE_CPU.of(Peer.MERIDIAN), new Figure(List.of(sample)));
        figures.put(Load.IDLE_MEMORY.of(Peer.MERIDIAN), FigureTest.of(700));

        Report report = new Report(List.of(Row.IDLE), figures, Map.of());

        assertThat(report.holds()).isTrue();
        assertThat(report.markdown(""))
                .contains("| 12.5 % of a core | 12.5 – 12.5 % of a core | 31.3 µs | 1.50 | 0.50 | 0.03 | p50 1.00 ms |")
                .contains("| 700 MiB |  |  | ≤ 1536 MiB | ≤ 819 MiB | goal |");
    }

    @Test
    void everyFigureThatARowNeedsIsMeasuredBySomeStage() {
        Plan plan = PlanTest.plan();
        List<Stage> stages = Comparison.stages(plan);

        assertThat(Comparison.wanted(List.of(Row.values())))
                .allMatch(
                        key -> stages.stream().anyMatch(stage -> stage.offers().contains(key)));
    }
}
