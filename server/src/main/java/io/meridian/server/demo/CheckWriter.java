// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One client that writes in a loop and remembers what came of each write.
 *
 * <p>In turn it counts on a counter that all share, appends to a list of its own, and sets a register of its own. It goes
 * to another node of its region when its own is gone, and never repeats a write.
 */
final class CheckWriter {
    static final String COUNTER = "check:counter";
    private static final long RETRY_NANOS = 5_000_000;

    private final DemoCluster cluster;
    private final DemoCluster.Member first;
    private final int id;
    private final Thread thread;

    // Guarded by this.
    private final List<Write> writes = new ArrayList<>();
    private boolean stopping;

    private enum Kind {
        COUNT,
        APPEND,
        SET
    }

    private enum Outcome {
        ACKNOWLEDGED,
        UNKNOWN,
        NOT_APPLIED
    }

    private record Write(Kind kind, int number, Outcome outcome, long startedNanos, long endedNanos) {}

    CheckWriter(DemoCluster cluster, DemoCluster.Member first, int id) {
        this.cluster = cluster;
        this.first = first;
        this.id = id;
        this.thread = Thread.ofPlatform().name("writer-" + id).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Returns when its last write has ended. */
    void stop() throws InterruptedException {
        synchronized (this) {
            stopping = true;
        }
        thread.join();
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private void run() {
        DemoClient client = null;
        int number = 0;
        while (!isStopping()) {
            number++;
            Kind kind = Kind.values()[number % Kind.values().length];
            long started = System.nanoTime();
            Outcome outcome;
            try {
                if (client == null) {
                    client = connect();
                }
            } catch (IOException _) {
                client = null;
                LockSupport.parkNanos(RETRY_NANOS);
                continue; // nothing was sent
            }
            try {
                write(client, kind, number);
                outcome = Outcome.ACKNOWLEDGED;
            } catch (DemoClient.ErrorReply error) {
                outcome = error.isNotApplied() ? Outcome.NOT_APPLIED : Outcome.UNKNOWN;
            } catch (IOException _) {
                outcome = Outcome.UNKNOWN;
                client = closed(client);
            }
            synchronized (this) {
                writes.add(new Write(kind, number, outcome, started, System.nanoTime()));
            }
        }
        closed(client);
    }

    private DemoClient connect() throws IOException {
        List<DemoCluster.Member> there = cluster.in(first.region());
        return new DemoClient(
                there.contains(first) ? first.resp() : there.getFirst().resp());
    }

    private static @Nullable DemoClient closed(@Nullable DemoClient client) {
        if (client != null) {
            client.close();
        }
        return null;
    }

    private void write(DemoClient client, Kind kind, int number) throws IOException {
        String value = Integer.toString(number);
        switch (kind) {
            case COUNT -> client.call("INCR", COUNTER);
            case APPEND -> client.call("RPUSH", list(), value);
            case SET -> client.call("SET", register(), value);
        }
    }

    private String list() {
        return "check:list:" + id;
    }

    private String register() {
        return "check:register:" + id;
    }

    /** Whether each of its writes takes a way between regions. */
    boolean isFar() {
        return !first.region().equals(cluster.settings().regions().getFirst());
    }

    private synchronized int count(Kind kind, Outcome outcome) {
        return (int) writes.stream()
                .filter(write -> write.kind == kind && write.outcome == outcome)
                .count();
    }

    private int count(Outcome outcome) {
        int sum = 0;
        for (Kind kind : Kind.values()) {
            sum += count(kind, outcome);
        }
        return sum;
    }

    int acknowledged() {
        return count(Outcome.ACKNOWLEDGED);
    }

    int unknown() {
        return count(Outcome.UNKNOWN);
    }

    int notApplied() {
        return count(Outcome.NOT_APPLIED);
    }

    int counted() {
        return count(Kind.COUNT, Outcome.ACKNOWLEDGED);
    }

    int mayHaveCounted() {
        return count(Kind.COUNT, Outcome.UNKNOWN);
    }

    /** When each acknowledgement came. */
    synchronized List<Long> acknowledgedNanos() {
        return writes.stream()
                .filter(write -> write.outcome == Outcome.ACKNOWLEDGED)
                .map(Write::endedNanos)
                .toList();
    }

    /** When the first write that began after a time was acknowledged; {@link Long#MAX_VALUE} while none is. */
    synchronized long firstStartedAfter(long nanos) {
        return writes.stream()
                .filter(write -> write.outcome == Outcome.ACKNOWLEDGED && write.startedNanos - nanos > 0)
                .mapToLong(Write::endedNanos)
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /** What is wrong with its list and register, as a reader sees them that has the newest; nothing when all is well. */
    synchronized List<String> problems(DemoClient reader) throws IOException {
        List<String> problems = new ArrayList<>();
        checkList(reader.call("LRANGE", list(), "0", "-1").split(" "), problems);
        checkRegister(reader.call("GET", register()), problems);
        return problems;
    }

    private void checkList(String[] items, List<String> problems) {
        Set<Integer> there = new HashSet<>();
        int last = 0;
        for (String item : items) {
            int number = item.isEmpty() ? 0 : Integer.parseInt(item);
            if (number != 0 && !there.add(number)) {
                problems.add(list() + " has " + number + " twice");
            }
            if (number < last) {
                problems.add(list() + " has " + number + " after " + last);
            }
            last = number;
        }
        for (Write write : writes) {
            if (write.kind == Kind.APPEND) {
                if (write.outcome == Outcome.ACKNOWLEDGED && !there.contains(write.number)) {
                    problems.add(list() + " lost " + write.number + ", which was acknowledged");
                }
                if (write.outcome == Outcome.NOT_APPLIED && there.contains(write.number)) {
                    problems.add(list() + " has " + write.number + ", which was said not to be applied");
                }
            }
        }
    }

    /** The last acknowledged value, or a later one of unknown outcome. */
    private void checkRegister(String value, List<String> problems) {
        boolean isExpected = value.equals("(nil)");
        for (Write write : writes) {
            if (write.kind == Kind.SET) {
                boolean isThis = value.equals(Integer.toString(write.number));
                isExpected = switch (write.outcome) {
                    case ACKNOWLEDGED -> isThis;
                    case UNKNOWN -> isExpected || isThis;
                    case NOT_APPLIED -> isExpected;
                };
            }
        }
        if (!isExpected) {
            problems.add(register() + " is " + value + ", which is not the last acknowledged nor a later unknown one");
        }
    }
}
