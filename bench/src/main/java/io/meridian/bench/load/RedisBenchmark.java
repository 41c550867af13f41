// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.load;

import io.meridian.bench.client.Target;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Debian's redis-benchmark: the load of all rows that it can make. */
public final class RedisBenchmark {
    private static final int COLUMNS = 8;

    /**
     * What to ask for.
     *
     * @param test {@code get} or {@code set}
     * @param threads how many threads of redis-benchmark serve the connections
     */
    public record Shape(String test, int connections, int pipeline, int valueBytes, long keys, int threads) {}

    private RedisBenchmark() {}

    /** Runs for about so long, given the rate of an earlier run; throws IOException for an error reply. */
    public static Result run(Target target, Shape shape, double ratePerSecond, Duration time)
            throws IOException, InterruptedException {
        return run(target, shape, Math.max(shape.connections * 10L, (long) (ratePerSecond * time.toMillis() / 1000)));
    }

    /** Sends so many requests; throws IOException for an error reply. */
    public static Result run(Target target, Shape shape, long requests) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command(target, shape, requests))
                .redirectErrorStream(true)
                .start();
        try {
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("redis-benchmark failed: " + output.strip());
            }
            return parse(output, requests);
        } finally {
            process.destroyForcibly();
        }
    }

    static List<String> command(Target target, Shape shape, long requests) {
        List<String> command = new ArrayList<>(
                List.of("redis-benchmark", "--csv", "-h", Target.HOST, "-p", Integer.toString(target.port())));
        if (!target.token().isEmpty()) {
            command.addAll(List.of("--user", target.user(), "-a", target.token()));
        }
        if (shape.threads > 1) {
            command.addAll(List.of("--threads", Integer.toString(shape.threads)));
        }
        command.addAll(List.of(
                "-t",
                shape.test,
                "-c",
                Integer.toString(shape.connections),
                "-P",
                Integer.toString(shape.pipeline),
                "-d",
                Integer.toString(shape.valueBytes),
                "-r",
                Long.toString(shape.keys),
                "-n",
                Long.toString(requests)));
        return command;
    }

    /** Reads the CSV: a line of names, and one of figures in requests a second and milliseconds. */
    static Result parse(String output, long requests) throws IOException {
        List<String> lines =
                output.lines().filter(line -> line.startsWith("\"")).toList();
        if (lines.size() != 2) {
            throw new IOException("redis-benchmark did not print two lines of figures: " + output.strip());
        }
        List<String> names = cells(lines.getFirst());
        List<String> figures = cells(lines.getLast());
        if (names.size() != COLUMNS || figures.size() != COLUMNS) {
            throw new IOException("redis-benchmark printed other columns: " + output.strip());
        }
        double rate = figure(names, figures, "rps");
        if (!(rate > 0)) {
            throw new IOException("redis-benchmark measured nothing: " + output.strip());
        }
        return new Result(
                requests,
                requests / rate,
                figure(names, figures, "p50_latency_ms"),
                figure(names, figures, "p99_latency_ms"));
    }

    private static double figure(List<String> names, List<String> figures, String name) throws IOException {
        int column = names.indexOf(name);
        if (column < 0) {
            throw new IOException("redis-benchmark prints no " + name + ": " + names);
        }
        return Double.parseDouble(figures.get(column));
    }

    private static List<String> cells(String line) {
        List<String> cells = new ArrayList<>();
        for (String cell : line.split(",", -1)) {
            cells.add(cell.replace("\"", "").strip());
        }
        return cells;
    }
}
