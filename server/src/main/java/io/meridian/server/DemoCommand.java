// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.demo.DemoCheck;
import io.meridian.server.demo.DemoCluster;
import io.meridian.server.demo.DemoFolder;
import io.meridian.server.demo.DemoPage;
import io.meridian.server.demo.DemoSettings;
import io.meridian.server.demo.WideArea;
import io.meridian.server.log.Logs;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code meridian demo}: a whole cluster in this process, until a signal ends it. */
@Command(
        name = "demo",
        description = "Runs a cluster of several regions in one process, to try out or to check.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    private static final int START_SECONDS = 60;

    @Spec
    private CommandSpec spec = CommandSpec.create(); // picocli puts the real one here

    @Option(
            names = "--resp-port",
            paramLabel = "PORT",
            description =
                    "RESP port of the first node; node j of region i has this + 10·i + j (default: 6379, 0: free ones)")
    private int respPort = 6379;

    @Option(names = "--rest-port", paramLabel = "PORT", description = "The same for REST (default: 8080, 0: free ones)")
    private int restPort = 8080;

    @Option(
            names = "--data",
            paramLabel = "FOLDER",
            description = "Keep the data there (default: a temporary folder, removed at the end)")
    private @Nullable Path data;

    @Option(
            names = "--regions",
            paramLabel = "NAME",
            split = ",",
            description = "Their names (default: us-east,eu-west,ap-south)")
    private List<String> regions = List.of("us-east", "eu-west", "ap-south");

    @Option(names = "--nodes-per-region", paramLabel = "N", description = "From 1 to 10 (default: 3)")
    private int nodesPerRegion = 3;

    @Option(
            names = "--wan",
            paramLabel = "realistic|none",
            converter = WideAreas.class,
            description = "How long messages take between regions: as between those of clouds, or no time (default:"
                    + " realistic)")
    private WideArea wideArea = WideArea.REALISTIC;

    @Option(
            names = "--check",
            description = "On free ports: write, read at each level, kill a leader, verify, and end with 0 or 1")
    private boolean check;

    @Option(
            names = "--dry-run",
            hidden = true,
            description = "Only say what is wrong with the options, folder and ports")
    private boolean dryRun;

    @Override
    public Integer call() throws StartException, IOException, InterruptedException {
        DemoSettings settings = settings();
        if (dryRun) {
            if (data != null && Files.exists(data)) {
                DemoFolder.take(folder(), settings).close();
            }
            DemoCluster.requireFreePorts(settings);
            return ExitCode.OK;
        }
        if (data == null) {
            // Before there is a temporary folder, with a log in which nothing else stands.
            DemoCluster.requireFreePorts(settings);
        }
        CountDownLatch stopping = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(stopping, stopped), "stop"));
        try {
            Path folder = folder();
            try (var _ = DemoFolder.take(folder, settings)) {
                return call(settings, folder, stopping);
            }
        } finally {
            stopped.countDown();
        }
    }

    private int call(DemoSettings settings, Path folder, CountDownLatch stopping)
            throws StartException, IOException, InterruptedException {
        boolean isWell = false;
        try {
            Logs.toFile(folder.resolve("demo.log"));
            isWell = run(settings, folder, stopping);
            return isWell ? ExitCode.OK : 1;
        } finally {
            leave(folder, isWell);
        }
    }

    private DemoSettings settings() {
        try {
            return new DemoSettings(regions, nodesPerRegion, check ? 0 : respPort, check ? 0 : restPort, wideArea);
        } catch (IllegalArgumentException refused) {
            throw new ParameterException(spec.commandLine(), String.valueOf(refused.getMessage()), refused);
        }
    }

    private Path folder() throws StartException {
        try {
            return data == null ? Files.createTempDirectory("meridian-demo-") : Files.createDirectories(data);
        } catch (IOException failed) {
            throw new StartException(ExitCode.IO, "cannot make the folder for the data: " + failed, failed);
        }
    }

    /** Runs until a signal, or until the check is done; false where that found something wrong. */
    private boolean run(DemoSettings settings, Path folder, CountDownLatch stopping)
            throws StartException, IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        long started = System.nanoTime();
        out.println("Starting " + settings.size() + " in this process ...");
        out.flush();
        try (DemoCluster cluster = DemoCluster.start(settings, folder)) {
            if (!cluster.awaitServing(START_SECONDS, stopping)) {
                if (stopping.getCount() == 0) {
                    return true;
                }
                throw new StartException(
                        ExitCode.UNAVAILABLE, "the cluster does not serve after " + START_SECONDS + " s");
            }
            out.printf(Locale.ROOT, "Serving after %.1f s.%n%n", (System.nanoTime() - started) / 1e9);
            if (check) {
                return new DemoCheck(cluster, out, stopping).run();
            }
            DemoPage page = new DemoPage(cluster, out);
            page.table();
            page.tour();
            page.linesToPaste();
            out.flush();
            stopping.await();
            out.println("stopping");
            out.flush();
            return true;
        }
    }

    /** A temporary folder goes only where nobody needs the log to find out what went wrong. */
    private void leave(Path folder, boolean isWell) throws IOException {
        if (data == null && isWell) {
            delete(folder);
        } else {
            PrintWriter out = spec.commandLine().getOut();
            out.println("The data, configurations and the log are in " + folder);
            out.flush();
        }
    }

    /** Ends the wait for a signal, and holds the process until all is closed. */
    private static void end(CountDownLatch stopping, CountDownLatch stopped) {
        stopping.countDown();
        try {
            stopped.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The words of {@code --wan}. */
    static final class WideAreas implements ITypeConverter<WideArea> {
        @Override
        public WideArea convert(String word) {
            return switch (word) {
                case "realistic" -> WideArea.REALISTIC;
                case "none" -> WideArea.NONE;
                default -> throw new TypeConversionException("'" + word + "' is neither 'realistic' nor 'none'");
            };
        }
    }
}
