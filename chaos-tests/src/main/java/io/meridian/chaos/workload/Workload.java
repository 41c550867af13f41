// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Recorder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import redis.clients.jedis.exceptions.JedisException;

/** Clients of all regions at work, each a thread with one connection and one operation at a time. */
public final class Workload {

    /**
     * How much work is done.
     *
     * @param clientsPerRegion clients in each region of the layout
     * @param pauseMax longest pause between two operations of a client; the mean is half of it
     * @param replyTimeout how long every other client waits for a reply before it gives up, not knowing the outcome;
     *     the others wait {@link #patientTimeout}, longer than any pause: what a node answers after one counts too
     * @param keysAtOnce registers, counters and lists in use at a time, of each
     * @param usesOfAKey operations on a key before another takes its place
     */
    public record Settings(
            long seed, int clientsPerRegion, Duration pauseMax, Duration replyTimeout, int keysAtOnce, int usesOfAKey) {
        /** How long the patient half of the clients waits for a reply. */
        Duration patientTimeout() {
            return replyTimeout.multipliedBy(5).dividedBy(2);
        }

        public static Settings usual(long seed) {
            return new Settings(seed, 4, Duration.ofMillis(16), Duration.ofSeconds(3), 3, 600);
        }
    }

    private static final int FINAL_READ_TRIES = 9;

    private final Cluster cluster;
    private final Dialect dialect;
    private final Recorder recorder;
    private final Settings settings;
    private final Keys keys;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Queue<String> problems = new ConcurrentLinkedQueue<>();
    private final List<WorkloadClient> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    public Workload(Cluster cluster, Dialect dialect, Recorder recorder, Settings settings) {
        this.cluster = cluster;
        this.dialect = dialect;
        this.recorder = recorder;
        this.settings = settings;
        this.keys = Keys.of(settings);
    }

    /** Starts every client. */
    public void start() {
        int process = 0;
        for (String region : cluster.layout().regions().keySet()) {
            for (int i = 0; i < settings.clientsPerRegion(); i++) {
                WorkloadClient client =
                        new WorkloadClient(process, region, cluster, dialect, recorder, settings, keys, stop);
                Thread thread = Thread.ofPlatform().name("client-" + process).unstarted(() -> run(client));
                clients.add(client);
                threads.add(thread);
                process++;
            }
        }
        threads.forEach(Thread::start);
    }

    private void run(WorkloadClient client) {
        try {
            client.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            problems.add(Thread.currentThread().getName() + " stopped: " + e);
        }
    }

    /** Lets every client finish its operation and waits for that. */
    public void stop() throws InterruptedException {
        stop.countDown();
        // A client may first have to give up connecting and waiting for a reply.
        long patience = settings.patientTimeout().toMillis() * 3;
        for (Thread thread : threads) {
            thread.join(patience);
            if (thread.isAlive()) {
                problems.add(thread.getName() + " did not stop within " + patience + " ms");
            }
        }
    }

    /** How often a session came to a node that was not as far as it; for after the end. */
    public int movesAhead() {
        return clients.stream().mapToInt(WorkloadClient::movesAhead).sum();
    }

    /** What went wrong in the harness itself: the history is then not to be trusted. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * Reads each counter and list that was used once, linearizably, and records it; all clients have stopped.
     *
     * <p>A read that fails is tried again on the next voter, a few times.
     */
    public List<Operation> finalReads() {
        List<Operation> reads = new ArrayList<>();
        keys.counters().all().forEach(key -> reads.add(finalRead(new Call.Get(), key)));
        keys.lists().all().forEach(key -> reads.add(finalRead(new Call.ReadList(), key)));
        return reads;
    }

    private Operation finalRead(Call call, String key) {
        List<String> voters = cluster.layout().voters();
        String failure = "";
        for (int i = 0; i < FINAL_READ_TRIES; i++) {
            String node = voters.get(i % voters.size());
            Place place = new Place(cluster.layout().home(), node);
            try (RespConnection connection =
                    RespConnection.open(cluster.resp(node), cluster.layout().token(), settings.replyTimeout())) {
                dialect.level(connection, Level.LINEARIZABLE);
                Recorder.Pending pending =
                        recorder.begin(threads.size(), "final", call, key, place, Level.LINEARIZABLE);
                Operation read = Exchange.run(connection, pending, call, key);
                if (read.isOk()) {
                    return read;
                }
                failure = read.inWords();
            } catch (JedisException e) {
                failure = String.valueOf(e.getMessage());
            }
        }
        throw new IllegalStateException(
                "no final read of " + key + " after " + FINAL_READ_TRIES + " tries: " + failure);
    }
}
