// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.machine.Usage;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** What was measured, as tables in Markdown. */
final class Report {
    private final List<Row> rows;
    private final Map<FigureKey, Figure> figures;
    private final Map<FigureKey, Failure> failures;

    Report(List<Row> rows, Map<FigureKey, Figure> figures, Map<FigureKey, Failure> failures) {
        this.rows = rows;
        this.figures = figures;
        this.failures = failures;
    }

    /**
     * The whole report.
     *
     * @param heading lines above the tables: the machine, the command, whether the figures count
     */
    String markdown(String heading) {
        StringBuilder text = new StringBuilder(heading).append("\n\n");
        text.append("| load | Meridian | compared with | ratio | hold at least | the goal | |\n");
        text.append("|---|---|---|---|---|---|---|\n");
        for (Row row : rows) {
            String title = row.title();
            for (Claim claim : row.claims()) {
                text.append("| ").append(title).append(line(claim));
                title = "";
            }
        }
        text.append("\n"
                + "Every figure: the median of the rounds, and least to most; processor time of all server"
                + " processes for a request; how many cores were used meanwhile; and what else was seen in the round"
                + " that has the median.\n\n");
        text.append("| | figure | least – most | CPU a request | servers | load | others | |\n");
        text.append("|---|---|---|---|---|---|---|---|\n");
        figures.forEach((key, figure) -> text.append(line(key, figure)));
        failures.forEach((key, failed) -> text.append("\n* ").append(line(key, failed)));
        if (!failures.isEmpty()) {
            text.append('\n');
        }
        return text.toString();
    }

    private String line(Claim claim) {
        Optional<Figure> subject = Optional.ofNullable(figures.get(claim.subject()));
        Optional<Figure> reference = claim.reference().map(figures::get);
        OptionalDouble judged = judged(claim);
        String compared = claim.reference()
                .map(key -> (key.peer() == Peer.MERIDIAN
                                ? key.load().title()
                                : key.peer().title()) + " "
                        + reference.map(figure -> text(key, figure)).orElse("not measured"))
                .orElse("");
        String ratio = claim.reference().isEmpty() || judged.isEmpty()
                ? ""
                : String.format(Locale.ROOT, "%.2f ×", judged.getAsDouble());
        return " | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        subject.map(figure -> text(claim.subject(), figure)).orElse("not measured"),
                        compared,
                        ratio,
                        claim.bound(claim.hold()),
                        claim.bound(claim.goal()),
                        judged.isPresent() ? claim.verdict(judged.getAsDouble()).text() : "");
    }

    /** What a claim's bounds are held against: the ratio of the medians, or the median itself. */
    OptionalDouble judged(Claim claim) {
        Figure subject = figures.get(claim.subject());
        if (subject == null) {
            return OptionalDouble.empty();
        }
        if (claim.reference().isEmpty()) {
            return OptionalDouble.of(subject.median());
        }
        Figure reference = figures.get(claim.reference().orElseThrow());
        return reference == null ? OptionalDouble.empty() : OptionalDouble.of(subject.median() / reference.median());
    }

    private String line(FigureKey key, Failure failure) {
        int measured = Optional.ofNullable(figures.get(key))
                .map(figure -> figure.samples().size())
                .orElse(0);
        String what = measured == 0
                ? "Not measured: "
                : "Failed %d times beside %d measured: ".formatted(failure.times(), measured);
        return what + key + ": " + failure.message().lines().findFirst().orElse("");
    }

    /** Whether each row was measured in every round, and holds at least what it must. */
    boolean holds() {
        return failures.isEmpty()
                && rows.stream().flatMap(row -> row.claims().stream()).allMatch(claim -> {
                    OptionalDouble judged = judged(claim);
                    return judged.isPresent() && claim.verdict(judged.getAsDouble()) != Claim.Verdict.MISSED;
                });
    }

    private static String text(FigureKey key, Figure figure) {
        return key.load().unit().text(figure.median());
    }

    private static String line(FigureKey key, Figure figure) {
        Unit unit = key.load().unit();
        return "| %s | %s | %s – %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        key,
                        unit.text(figure.median()),
                        unit.number(figure.least()).strip(),
                        unit.text(figure.most()),
                        text(figure.median(Sample::cpuMicros), "%.1f µs"),
                        cores(figure, Usage::servers),
                        cores(figure, Usage::load),
                        cores(figure, Usage::disturbance),
                        figure.middle().note());
    }

    private static String cores(Figure figure, ToDoubleFunction<Usage> part) {
        return text(
                figure.median(sample -> sample.usage()
                        .map(usage -> OptionalDouble.of(part.applyAsDouble(usage)))
                        .orElse(OptionalDouble.empty())),
                "%.2f");
    }

    private static String text(OptionalDouble value, String format) {
        return value.isPresent() ? String.format(Locale.ROOT, format, value.getAsDouble()) : "";
    }
}
