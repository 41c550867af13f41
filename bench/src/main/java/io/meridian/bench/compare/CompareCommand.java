// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import io.meridian.bench.machine.Machine;
import io.meridian.bench.machine.NoisyMachineException;
import io.meridian.bench.machine.QuietRule;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bin/meridian bench compare}. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares Meridian with Redis and etcd on this machine, and prints a table of ratios.",
            "The status is 0 when each row was measured and holds at least what it must, 1 when one does not,"
                    + " 75 when other processes disturbed."
        })
public final class CompareCommand implements Callable<Integer> {
    /** Others use the machine: try again later (EX_TEMPFAIL of sysexits.h). */
    static final int NOISY = 75;

    private static final double OTHERS_CORES_MAX = 0.1;
    private static final int ROUNDS_MIN = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each figure is measured. Default: 3.")
    private int rounds;

    @Option(names = "--seconds", defaultValue = "5", description = "How long each load is measured. Default: 5.")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long each load runs at least before it is measured: it goes on while it gets faster,"
                    + " for six times that at most. Default: 30.")
    private int warmUp;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "ROW",
            description =
                    "Only these rows: get, get-p16, set, set-p16, mixed-p16, set-alone, get-linearizable, learner,"
                            + " rest, memory, restart, idle.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "How many threads of redis-benchmark make the load, the same for all. Default: 2.")
    private int threads;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Also writes the tables to a file, between its markers where it exists.")
    private @Nullable Path markdown;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where servers keep data. Default: bench/target/compare.")
    private @Nullable Path data;

    @Option(names = "--keep", description = "Leaves data and logs of the servers there.")
    private boolean keeps;

    @Option(names = "--force", description = "Measures although others use the machine; marks the table as not valid.")
    private boolean isForced;

    @Option(
            names = "--server-java-opts",
            defaultValue = "",
            paramLabel = "OPTS",
            description = "Options for the JVMs of Meridian's nodes beside those of bin/meridian, for a profiler.")
    private String javaOpts;

    @Option(names = "--dry-run", hidden = true, description = "Only says what is wrong with the options.")
    private boolean isDryRun;

    // picocli fills the fields in.
    @SuppressWarnings("NullAway.Init")
    public CompareCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Plan plan = plan();
        if (isDryRun) {
            return 0;
        }
        requirePrograms(plan.rows());
        PrintWriter progress = spec.commandLine().getErr();
        try {
            Recorder recorder = new Comparison(plan, progress).run();
            Report report = new Report(plan.rows(), recorder.figures(), recorder.failures());
            String text = report.markdown(heading(plan, recorder));
            spec.commandLine().getOut().println(text);
            spec.commandLine().getOut().flush();
            if (markdown != null) {
                MarkedSection.write(markdown, text);
            }
            return report.holds() ? 0 : 1;
        } catch (NoisyMachineException e) {
            progress.println("meridian bench: " + e.getMessage());
            progress.flush();
            return NOISY;
        }
    }

    private Plan plan() {
        if (rounds < 1 || seconds < 1 || warmUp < 1 || threads < 1) {
            throw new ParameterException(
                    spec.commandLine(), "--rounds, --seconds, --warm-up and --threads are 1 at least");
        }
        List<Row> rows = rows();
        if (!Machine.isReadable()) {
            throw new ParameterException(spec.commandLine(), "compare reads /proc, and needs Linux for it");
        }
        Path root = Path.of(System.getProperty("meridian.root", "")).toAbsolutePath();
        Path launcher = root.resolve("server/target/meridian/bin/meridian");
        if (!Files.isExecutable(launcher)) {
            throw new ParameterException(
                    spec.commandLine(), "no distribution at " + launcher + "; bin/meridian bench builds it");
        }
        return new Plan(
                rows,
                rounds,
                Duration.ofSeconds(seconds),
                Duration.ofSeconds(warmUp),
                threads,
                launcher,
                data == null ? root.resolve("bench/target/compare") : data.toAbsolutePath(),
                keeps,
                javaOpts,
                new QuietRule(OTHERS_CORES_MAX, PATIENCE, isForced));
    }

    private List<Row> rows() {
        if (only.isEmpty()) {
            return List.of(Row.values());
        }
        List<Row> rows = new ArrayList<>();
        for (String word : only) {
            rows.add(Row.named(word)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "no row " + word + "; there are "
                                    + Arrays.stream(Row.values()).map(Row::word).collect(Collectors.joining(", ")))));
        }
        return rows;
    }

    /** Refuses before anything is started, rather than after minutes. */
    private void requirePrograms(List<Row> rows) {
        List<String> missing = new ArrayList<>();
        for (String program : programs(rows)) {
            if (!isOnPath(program)) {
                missing.add(program);
            }
        }
        if (!missing.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "not found on the path: " + String.join(", ", missing)
                            + "; on Debian: apt-get install redis-server redis-tools etcd-server wrk");
        }
    }

    static List<String> programs(List<Row> rows) {
        List<String> programs = new ArrayList<>();
        var keys = Comparison.wanted(rows);
        if (keys.stream().anyMatch(key -> key.peer() == Peer.REDIS_EVERYSEC || key.peer() == Peer.REDIS_ALWAYS)) {
            programs.add("redis-server");
        }
        if (keys.stream().anyMatch(key -> key.load().isByRedisBenchmark())) {
            programs.add("redis-benchmark");
        }
        if (keys.stream().anyMatch(key -> key.peer() == Peer.ETCD)) {
            programs.add("etcd");
        }
        if (rows.contains(Row.REST)) {
            programs.add("wrk");
        }
        return programs;
    }

    private static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /** Why the figures do not count; empty where they do. */
    static String validity(Recorder recorder, int rounds) {
        List<String> reasons = new ArrayList<>();
        if (recorder.isDisturbed()) {
            reasons.add("others used the machine");
        }
        int complete = recorder.completeRounds();
        if (complete < rounds) {
            reasons.add("only %d of %d rounds measured every figure".formatted(complete, rounds));
        } else if (complete < ROUNDS_MIN) {
            reasons.add("too few rounds");
        }
        return reasons.isEmpty() ? "" : "**Not valid as a measurement**: " + String.join("; ", reasons) + ". ";
    }

    private String heading(Plan plan, Recorder recorder) {
        return validity(recorder, plan.rounds())
                + String.format(
                        Locale.ROOT,
                        "Measured on %s by `bin/meridian bench compare --rounds %d --seconds %d --warm-up %d --threads"
                            + " %d%s` on %s, %s; the most that other processes used during a measurement: %.2f cores.",
                        LocalDate.now(ZoneOffset.UTC),
                        rounds,
                        seconds,
                        warmUp,
                        threads,
                        only.isEmpty() ? "" : " --only " + String.join(",", only),
                        Machine.description(),
                        plan.nodesHaveCache()
                                ? "nodes with the ahead-of-time cache"
                                : "nodes without an ahead-of-time cache",
                        recorder.disturbance());
    }
}
