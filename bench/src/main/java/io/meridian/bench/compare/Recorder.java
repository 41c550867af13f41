// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.load.Result;
import io.meridian.bench.machine.Machine;
import io.meridian.bench.machine.NoisyMachineException;
import io.meridian.bench.machine.QuietRule;
import io.meridian.bench.machine.Reading;
import io.meridian.bench.machine.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** Measures, and keeps what was measured. */
final class Recorder {
    /** A load warms up for so many slices at least. */
    static final int SLICES_MIN = 4;

    private static final int SLICES_MAX = 24;
    private static final int IN_VAIN_MAX = SLICES_MIN - 1;
    private static final double FASTER = 1.02;
    private static final int TRIES = 3;

    private final Set<FigureKey> wanted;
    private final QuietRule quiet;
    private final PrintWriter progress;
    private final Map<FigureKey, List<Sample>> samples = new LinkedHashMap<>();
    private final Map<FigureKey, Failure> failures = new LinkedHashMap<>();
    private double disturbance;
    private boolean isDisturbed;

    /** A load that runs once; its figure may be anything it tells. */
    interface Run {
        Result run() throws IOException, InterruptedException;
    }

    /** @param progress where each figure is told as it is measured */
    Recorder(Set<FigureKey> wanted, QuietRule quiet, PrintWriter progress) {
        this.wanted = Set.copyOf(wanted);
        this.quiet = quiet;
        this.progress = progress;
    }

    boolean wants(FigureKey key) {
        return wanted.contains(key);
    }

    boolean wantsAny(FigureKey... keys) {
        return Set.of(keys).stream().anyMatch(wanted::contains);
    }

    /** Measures requests a second, unless nobody wants it. */
    void rate(FigureKey key, Collection<Long> servers, Run warmUp, Run load) throws InterruptedException {
        measure(key, servers, warmUp, load, Result::perSecond);
    }

    /**
     * Warms up until that makes nothing faster any more, and measures one figure, unless nobody wants it. Measures again
     * when others disturbed, and throws NoisyMachineException when they go on; a load that fails is remembered.
     *
     * @param servers the processes whose processor time counts as the servers'
     * @param warmUp runs for one slice
     */
    void measure(FigureKey key, Collection<Long> servers, Run warmUp, Run load, ToDoubleFunction<Result> figure)
            throws InterruptedException {
        if (!wants(key)) {
            return;
        }
        try {
            warmUp(warmUp);
            for (int tries = 1; ; tries++) {
                Reading before = Machine.read(servers);
                Result result = load.run();
                Usage usage = before.until(Machine.read(servers));
                if (accepts(usage, tries)) {
                    String note = String.format(
                            Locale.ROOT, "p50 %.2f ms, p99 %.2f ms", result.p50Millis(), result.p99Millis());
                    add(
                            key,
                            new Sample(
                                    figure.applyAsDouble(result),
                                    OptionalDouble.of(usage.serverMicrosPerRequest(result.requests())),
                                    Optional.of(usage),
                                    note));
                    return;
                }
            }
        } catch (IOException | IllegalStateException e) {
            fail(key, e);
        }
    }

    /** A JVM compiles for a minute and more what it then runs twice as fast: the load goes on while it gets faster. */
    private static void warmUp(Run slice) throws IOException, InterruptedException {
        double fastest = slice.run().perSecond();
        int inVain = 0;
        for (int slices = 1; inVain < IN_VAIN_MAX && slices < SLICES_MAX; slices++) {
            double now = slice.run().perSecond();
            if (now > fastest * FASTER) {
                fastest = now;
                inVain = 0;
            } else {
                inVain++;
            }
        }
    }

    /** Whether what was measured with this usage counts; else it is to be measured again. */
    boolean accepts(Usage usage, int tries) {
        disturbance = Math.max(disturbance, usage.disturbance());
        if (quiet.accepts(usage)) {
            return true;
        }
        if (quiet.isForced()) {
            isDisturbed = true;
            return true;
        }
        if (tries == TRIES) {
            throw new NoisyMachineException(usage, quiet.coresMax());
        }
        progress.printf(Locale.ROOT, "    disturbed by %.2f cores of others: again%n", usage.disturbance());
        progress.flush();
        return false;
    }

    void add(FigureKey key, Sample sample) {
        samples.computeIfAbsent(key, _ -> new ArrayList<>()).add(sample);
        progress.printf(
                Locale.ROOT,
                "    %s: %s%s%s%n",
                key.load().title(),
                key.load().unit().text(sample.value()),
                sample.note().isEmpty() ? "" : " (" + sample.note() + ")",
                sample.usage()
                        .map(usage -> String.format(
                                Locale.ROOT,
                                "; cores: servers %.2f, load %.2f, others %.2f",
                                usage.servers(),
                                usage.load(),
                                usage.disturbance()))
                        .orElse(""));
        progress.flush();
    }

    /** Remembers that a figure could not be measured; what was measured of it in other rounds stays. */
    void fail(FigureKey key, Exception cause) {
        String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        for (Throwable deeper = cause.getCause(); deeper != null; deeper = deeper.getCause()) {
            message += ": " + (deeper.getMessage() == null ? deeper.toString() : deeper.getMessage());
        }
        failures.merge(key, new Failure(1, message), (old, last) -> new Failure(old.times() + 1, last.message()));
        progress.printf("    %s: FAILED: %s%n", key.load().title(), message);
        progress.flush();
    }

    Map<FigureKey, Figure> figures() {
        Map<FigureKey, Figure> figures = new LinkedHashMap<>();
        samples.forEach((key, measured) -> figures.put(key, new Figure(measured)));
        return figures;
    }

    Map<FigureKey, Failure> failures() {
        return Map.copyOf(failures);
    }

    /** How many rounds every figure that is wanted was measured in. */
    int completeRounds() {
        return wanted.stream()
                .mapToInt(key -> samples.getOrDefault(key, List.of()).size())
                .min()
                .orElse(0);
    }

    /** The most that others used during a measurement, in cores. */
    double disturbance() {
        return disturbance;
    }

    /** Whether figures were kept that should not count. */
    boolean isDisturbed() {
        return isDisturbed;
    }
}
