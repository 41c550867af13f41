// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import io.meridian.chaos.check.Digests;
import io.meridian.chaos.check.ReplicaDigest;
import io.meridian.chaos.check.Verdict;
import io.meridian.chaos.client.MeridianWords;
import io.meridian.chaos.client.ReplicaView;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.fault.Faults;
import io.meridian.chaos.fault.Roles;
import io.meridian.chaos.history.HistoryFile;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Recorder;
import io.meridian.chaos.workload.Dialect;
import io.meridian.chaos.workload.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One run: start a cluster, let it work in peace, then under faults, heal it, and check everything that was seen.
 *
 * <p>Leaves {@code history.jsonl} and {@code report.txt} in its folder.
 */
public final class ChaosScenario {

    /**
     * How long, and from which seed.
     *
     * @param underFaults how long faults are injected
     * @param out where the history and the report are written
     */
    public record Settings(Duration underFaults, long seed, Path out) {}

    private static final Duration READY_PATIENCE = Duration.ofSeconds(90);
    private static final Duration IN_PEACE = Duration.ofSeconds(3);
    private static final Duration RECOVERY_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEVEL_PATIENCE = Duration.ofSeconds(60);
    private static final Duration ASK_PATIENCE = Duration.ofSeconds(5);

    /** Enough for an hour at the usual pace, and about a gigabyte. */
    private static final int OPERATIONS_MAX = 3_000_000;

    private static final int OPERATIONS_AFTER_HEALING = 200;

    private final Cluster cluster;
    private final Settings settings;
    private final Consumer<String> log;
    private final Recorder recorder = new Recorder(System::nanoTime, OPERATIONS_MAX);
    private final Map<String, Verdict> verdicts = new LinkedHashMap<>();
    private final long begin = System.nanoTime();

    /** The cluster has not been started; whoever made it closes it. */
    public ChaosScenario(Cluster cluster, Settings settings, Consumer<String> log) {
        this.cluster = cluster;
        this.settings = settings;
        this.log = log;
    }

    /** Runs everything. Blocks for a little more than the settings say. */
    public Report run() throws IOException, InterruptedException {
        Files.createDirectories(settings.out());
        say("starting " + cluster.layout().nodes());
        cluster.start();
        Workload workload = new Workload(cluster, Dialect.MERIDIAN, recorder, Workload.Settings.usual(settings.seed()));
        if (Await.until(READY_PATIENCE, this::isReady)) {
            verdicts.put("start", new Verdict.Holds("all nodes ready after " + seconds()));
            work(workload);
        } else {
            verdicts.put("start", new Verdict.Broken("not all nodes were ready within " + READY_PATIENCE));
        }
        List<String> ends = cluster.unexpectedEnds();
        verdicts.put(
                "processes",
                ends.isEmpty()
                        ? new Verdict.Holds("no node ended by itself")
                        : new Verdict.Broken(String.join("\n", ends)));
        Report report = new Report(verdicts);
        Files.writeString(settings.out().resolve("report.txt"), "seed " + settings.seed() + "\n" + report.inWords());
        return report;
    }

    private void work(Workload workload) throws IOException, InterruptedException {
        Faults faults = new Faults(cluster, Roles.of(cluster), Faults.Settings.usual(settings.seed()), this::say);
        CountDownLatch never = new CountDownLatch(1);
        try {
            workload.start();
            say("working in peace");
            Await.until(IN_PEACE, () -> !cluster.unexpectedEnds().isEmpty());
            verdicts.put("peace", inPeace());
            faults.run(settings.underFaults(), never);
            say("healed");
            long healed = System.nanoTime();
            int before = recorder.acknowledged();
            boolean recovered = Await.until(
                    RECOVERY_PATIENCE,
                    () -> recorder.acknowledged() - before >= OPERATIONS_AFTER_HEALING || recorder.isFull());
            verdicts.put(
                    "recovery",
                    recovered
                            ? new Verdict.Holds("clients went on %d ms after the last fault"
                                    .formatted((System.nanoTime() - healed) / 1_000_000))
                            : new Verdict.Broken("only %d operations succeeded within %s of healing"
                                    .formatted(recorder.acknowledged() - before, RECOVERY_PATIENCE)));
        } finally {
            workload.stop();
        }
        finish(workload, faults);
    }

    private void finish(Workload workload, Faults faults) throws IOException {
        verdicts.put("digests", sameDigests());
        try {
            workload.finalReads();
        } catch (IllegalStateException e) {
            verdicts.put("final reads", new Verdict.Broken(String.valueOf(e.getMessage())));
        }
        List<Operation> history = recorder.operations();
        Path file = settings.out().resolve("history.jsonl");
        HistoryFile.write(file, history);
        say(workload.movesAhead() + " sessions came to a node that was not as far as they");
        say("checking " + history.size() + " operations, kept in " + file);
        verdicts.put(
                "coverage",
                Coverage.check(settings.underFaults(), Faults.targets(cluster.layout()), history, faults.injected()));
        List<String> problems = workload.problems();
        verdicts.put(
                "harness",
                problems.isEmpty()
                        ? new Verdict.Holds("no client failed")
                        : new Verdict.Broken(String.join("\n", problems)));
        verdicts.putAll(Checks.of(history));
    }

    /** Whether each node answers, knows a leader for each group, and has a replica of the home region's data. */
    private boolean isReady() {
        if (!cluster.unexpectedEnds().isEmpty()) {
            return false;
        }
        String home = cluster.layout().home() + "/";
        for (String node : cluster.layout().nodes()) {
            try (RespConnection connection = open(node)) {
                List<ReplicaView> views = MeridianWords.replicas(connection);
                boolean ready = views.stream().anyMatch(view -> view.group().startsWith(home))
                        && views.stream().noneMatch(view -> view.leader().isEmpty());
                if (!ready) {
                    return false;
                }
            } catch (JedisException notYet) {
                return false;
            }
        }
        return true;
    }

    /** Without a fault there is no error. */
    private Verdict inPeace() {
        List<Operation> operations = ended();
        List<Operation> failed = operations.stream()
                .filter(operation -> !operation.isOk() && !operation.inWords().endsWith("aborted"))
                .toList();
        if (operations.isEmpty()) {
            return new Verdict.Broken("nothing was done before the first fault");
        }
        return failed.isEmpty()
                ? new Verdict.Holds(operations.size() + " operations without an error")
                : new Verdict.Broken("%d of %d operations failed without any fault, first %s at %s"
                        .formatted(
                                failed.size(),
                                operations.size(),
                                failed.getFirst().inWords(),
                                failed.getFirst().place()));
    }

    private List<Operation> ended() {
        return recorder.operations().stream()
                .filter(operation -> !operation.inWords().endsWith("still running"))
                .toList();
    }

    /** Waits until all replicas are at one index, for nobody writes any more. */
    private Verdict sameDigests() {
        List<ReplicaDigest> digests = new ArrayList<>();
        HashSet<String> nodes = new HashSet<>(cluster.layout().nodes());
        Await.until(LEVEL_PATIENCE, () -> {
            digests.clear();
            digests.addAll(digests());
            return Digests.isLevel(digests, nodes);
        });
        return Digests.check(digests, nodes);
    }

    private List<ReplicaDigest> digests() {
        List<ReplicaDigest> digests = new ArrayList<>();
        for (String node : cluster.layout().nodes()) {
            digests.addAll(digestsOf(node));
        }
        return digests;
    }

    /** Nothing where it does not answer: it is asked again, and the verdict names a node that never does. */
    private List<ReplicaDigest> digestsOf(String node) {
        try (RespConnection connection = open(node)) {
            return MeridianWords.digests(connection, node);
        } catch (JedisException notYet) {
            return List.of();
        }
    }

    private RespConnection open(String node) {
        return RespConnection.open(cluster.resp(node), cluster.layout().token(), ASK_PATIENCE);
    }

    private void say(String text) {
        log.accept(seconds() + "  " + text);
    }

    private String seconds() {
        return String.format(Locale.ROOT, "%6.1f s", (System.nanoTime() - begin) / 1e9);
    }
}
