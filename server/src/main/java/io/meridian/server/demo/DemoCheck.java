// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks whether a cluster keeps what it promises, as a client would: latencies, levels, a killed leader.
 *
 * <p>What does not hold is printed and counted; the check goes on, to show all that is wrong.
 */
public final class DemoCheck {
    private static final int LOCAL_READS = 2_000;
    private static final int HOME_WRITES = 200;
    private static final int FAR_CALLS = 15;
    private static final int ROUNDS = 12;
    private static final long CONVERGE_SECONDS = 15;

    private final DemoCluster cluster;
    private final PrintWriter out;
    private final String home;
    private final List<String> remote;
    private final CountDownLatch stopping;
    private int wrong;

    /** @param stopping open once the check is to end before its end */
    public DemoCheck(DemoCluster cluster, PrintWriter out, CountDownLatch stopping) {
        this.cluster = cluster;
        this.out = out;
        this.stopping = stopping;
        this.home = cluster.settings().regions().getFirst();
        this.remote = cluster.settings()
                .regions()
                .subList(1, cluster.settings().regions().size());
    }

    /** Somebody wants the check to end. */
    private static final class StoppedException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private void endIfStopping() throws StoppedException {
        if (stopping.getCount() == 0) {
            throw new StoppedException();
        }
    }

    /** Does all of it; true when everything held that it came to. */
    public boolean run() throws InterruptedException {
        try {
            warmUp();
            latencies();
            levels();
            failover();
            digests();
        } catch (StoppedException _) {
            out.println("Stopped before the end.");
            out.flush();
            return wrong == 0;
        } catch (IOException failed) {
            require(false, "the check could not go on: %s", failed);
        }
        out.println();
        out.println(wrong == 0 ? "All promises held." : wrong + " promises did not hold.");
        out.flush();
        return wrong == 0;
    }

    private void require(boolean holds, String promise, Object... seen) {
        if (!holds) {
            wrong++;
            out.printf("WRONG: " + promise + "%n", seen);
        }
    }

    private DemoClient to(String region) throws IOException {
        return new DemoClient(cluster.in(region).getFirst().resp());
    }

    /** So that latencies are those of compiled code. */
    private void warmUp() throws IOException {
        for (DemoCluster.Member member : cluster.members()) {
            try (DemoClient client = new DemoClient(member.resp())) {
                for (int i = 0; i < LOCAL_READS / 2; i++) {
                    endIfStopping();
                    client.call("MERIDIAN", "CONSISTENCY", "eventual");
                    client.call("GET", "check:warm");
                }
            }
        }
        try (DemoClient client = to(home)) {
            for (int i = 0; i < LOCAL_READS / 4; i++) {
                endIfStopping();
                client.call("SET", "check:warm", "x");
            }
        }
    }

    private void latencies() throws IOException {
        out.println("Latencies (median, 99th of a hundred), one call at a time:");
        try (DemoClient client = to(home)) {
            measure("write from home, " + home, HOME_WRITES, () -> client.call("SET", "check:latency", "x"));
        }
        for (String region : remote) {
            try (DemoClient client = to(region)) {
                measure("write from afar, " + region, FAR_CALLS, () -> client.call("SET", "check:latency", "x"));
            }
        }
        for (String region : cluster.settings().regions()) {
            try (DemoClient client = to(region)) {
                client.call("MERIDIAN", "CONSISTENCY", "session");
                client.call("GET", "check:latency");
                measure("local read, session, " + region, LOCAL_READS, () -> client.call("GET", "check:latency"));
            }
        }
        for (String region : remote) {
            try (DemoClient client = to(region)) {
                client.call("MERIDIAN", "CONSISTENCY", "linearizable");
                measure("far read, linearizable, " + region, FAR_CALLS, () -> client.call("GET", "check:latency"));
            }
        }
        out.flush();
    }

    private void measure(String what, int times, DemoPage.Timed.Call call) throws IOException {
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            endIfStopping();
            nanos[i] = DemoPage.Timed.of(call).nanos();
        }
        java.util.Arrays.sort(nanos);
        out.printf(
                Locale.ROOT,
                "  %-36s %8.2f ms %8.2f ms%n",
                what,
                nanos[times / 2] / 1e6,
                nanos[times * 99 / 100] / 1e6);
    }

    private void levels() throws IOException {
        if (remote.isEmpty()) {
            out.println("Levels: left out, they need a second region.");
            return;
        }
        int wrongBefore = wrong;
        int older = 0;
        int ahead = 0;
        for (String region : remote) {
            LevelCheck check = new LevelCheck(cluster, region, this::require, this::endIfStopping);
            check.run(ROUNDS);
            older += check.olderReads();
            ahead += check.tokensAhead();
        }
        out.printf(
                "Levels: %d reads in %s right after writes in %s; %s, %d of the %d eventual ones were older.%n",
                LevelCheck.READS_PER_ROUND * ROUNDS * remote.size(),
                String.join(" and ", remote),
                home,
                wrong == wrongBefore ? "session and linearizable ones had each write" : "some were WRONG, see above",
                older,
                ROUNDS * remote.size());
        out.printf(
                "  %d of the %d tokens that sessions brought there were ahead of the replica.%n",
                ahead, LevelCheck.TOKENS_PER_ROUND * ROUNDS * remote.size());
        out.flush();
    }

    private void failover() throws IOException, InterruptedException {
        int wrongBefore = wrong;
        if (cluster.settings().nodesPerRegion() < 3) {
            out.println("Failover: left out, it needs three nodes in a region.");
            return;
        }
        DemoCluster.Member leader =
                cluster.leaderOf(home).orElseThrow(() -> new IOException("the group of " + home + " has no leader"));
        List<CheckWriter> writers = new ArrayList<>();
        for (DemoCluster.Member member : cluster.in(home)) {
            writers.add(new CheckWriter(cluster, member, writers.size()));
        }
        for (String region : remote) {
            writers.add(new CheckWriter(cluster, cluster.in(region).getFirst(), writers.size()));
        }
        writers.forEach(CheckWriter::start);
        try {
            awaitAcknowledged(writers, 50);
            cluster.kill(leader);
            awaitAcknowledgedAfter(writers, System.nanoTime());
        } finally {
            for (CheckWriter writer : writers) {
                writer.stop();
            }
        }
        double gap = longestGapNanos(writers) / 1e9;
        int acknowledged = writers.stream().mapToInt(CheckWriter::acknowledged).sum();
        int unknown = writers.stream().mapToInt(CheckWriter::unknown).sum();
        int refused = writers.stream().mapToInt(CheckWriter::notApplied).sum();
        out.printf(
                Locale.ROOT,
                "Failover: killed %s while it led, %d clients writing; for %.2f s no write was acknowledged.%n",
                leader.name(),
                writers.size(),
                gap);
        String reading = remote.isEmpty() ? home : remote.getLast();
        try (DemoClient reader = new DemoClient(
                cluster.in(reading).stream().findFirst().orElseThrow().resp())) {
            reader.call("MERIDIAN", "CONSISTENCY", "linearizable");
            for (CheckWriter writer : writers) {
                for (String problem : writer.problems(reader)) {
                    require(false, "%s", problem);
                }
            }
            int sum = Integer.parseInt(reader.call("GET", CheckWriter.COUNTER));
            int counted = writers.stream().mapToInt(CheckWriter::counted).sum();
            int mayCount =
                    writers.stream().mapToInt(CheckWriter::mayHaveCounted).sum();
            require(
                    sum >= counted && sum <= counted + mayCount,
                    "the counter is %s after %s acknowledged increments and %s of unknown outcome",
                    sum,
                    counted,
                    mayCount);
        }
        out.printf(
                "  %d writes acknowledged, %d of unknown outcome, %d surely not applied; read from %s, %s.%n",
                acknowledged,
                unknown,
                refused,
                reading,
                wrong == wrongBefore ? "each acknowledged one is there exactly once" : "some are WRONG, see above");
        out.flush();
    }

    private static long longestGapNanos(List<CheckWriter> writers) {
        long[] times = writers.stream()
                .flatMapToLong(writer -> writer.acknowledgedNanos().stream().mapToLong(Long::longValue))
                .sorted()
                .toArray();
        long longest = 0;
        for (int i = 1; i < times.length; i++) {
            longest = Math.max(longest, times[i] - times[i - 1]);
        }
        return longest;
    }

    private void awaitAcknowledged(List<CheckWriter> writers, int each) throws IOException {
        await("every client to write", () -> writers.stream().allMatch(w -> w.acknowledged() >= each || w.isFar()));
    }

    private void awaitAcknowledgedAfter(List<CheckWriter> writers, long nanos) throws IOException {
        await(
                "writes after the kill",
                () -> writers.stream().allMatch(w -> w.firstStartedAfter(nanos) < Long.MAX_VALUE));
    }

    /** What is waited for. */
    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String what, Condition condition) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CONVERGE_SECONDS);
        while (!condition.holds()) {
            endIfStopping();
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("waited " + CONVERGE_SECONDS + " s in vain for " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Every replica that is left holds the same at the same index, learners included. */
    private void digests() throws IOException {
        if (cluster.members().size() < 2) {
            out.println("Digests: left out, they need a second node.");
            return;
        }
        Map<String, String> seen = new TreeMap<>();
        try {
            await("equal digests", () -> {
                seen.clear();
                for (DemoCluster.Member member : cluster.members()) {
                    try (DemoClient client = new DemoClient(member.resp())) {
                        seen.put(member.name(), client.call("MERIDIAN", "DIGEST"));
                    }
                }
                return seen.values().stream().distinct().count() == 1;
            });
            Optional<String> all = seen.values().stream().findFirst();
            out.printf(
                    "Digests: %d nodes hold the same in %s.%n",
                    seen.size(), DemoSettings.counted(remote.size() + 1, "group"));
            require(all.isPresent(), "no node told a digest");
        } catch (StoppedException stopped) {
            throw stopped;
        } catch (IOException differ) {
            require(false, "%s: %s", differ, seen);
        }
    }
}
