// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Recorder;
import io.meridian.chaos.history.Result;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One client: one session, which moves between nodes and regions with its token.
 *
 * <p>A session ends, and another begins, only where the token of an acknowledged operation could not be had.
 */
final class WorkloadClient {
    /** One operation in so many moves to another node although nothing is wrong. */
    private static final int OPERATIONS_PER_MOVE = 40;

    /** One connection in so many goes to any region, the others to the client's own. */
    private static final int CONNECTIONS_PER_TRAVEL = 4;

    /** One read in so many asks for the index it was shown. */
    private static final int READS_PER_INDEX = 3;

    private static final int RECONNECT_MILLIS = 30;
    private static final Duration PATIENT_SYNC = Duration.ofSeconds(1);
    private static final Duration HASTY_SYNC = Duration.ofMillis(1);

    private final int process;
    private final String region;
    private final Cluster cluster;
    private final Dialect dialect;
    private final Recorder recorder;
    private final Workload.Settings settings;
    private final Keys keys;
    private final CountDownLatch stop;
    private final Random random;

    private int sessions = 1;
    private String token = "";
    private boolean isBeyondToken;
    private int written;
    private final AtomicInteger movesAhead = new AtomicInteger();
    private @Nullable RespConnection connection;
    private Place place;
    private Level level = Level.LINEARIZABLE;

    WorkloadClient(
            int process,
            String region,
            Cluster cluster,
            Dialect dialect,
            Recorder recorder,
            Workload.Settings settings,
            Keys keys,
            CountDownLatch stop) {
        this.process = process;
        this.region = region;
        this.cluster = cluster;
        this.dialect = dialect;
        this.recorder = recorder;
        this.settings = settings;
        this.keys = keys;
        this.stop = stop;
        this.random = new Random(settings.seed() * 31 + process);
        this.place = new Place(region, "");
    }

    /** Works until the workload stops or the history is full. */
    void run() throws InterruptedException {
        try {
            long pause = 0;
            while (!stop.await(pause, TimeUnit.MILLISECONDS) && !recorder.isFull()) {
                RespConnection ready = connection == null ? connect() : connection;
                if (ready == null) {
                    pause = RECONNECT_MILLIS;
                } else {
                    operate(ready);
                    pause = random.nextLong(settings.pauseMax().toMillis() + 1);
                }
            }
        } finally {
            disconnect();
        }
    }

    /** Connects to some node and continues the session there; null where that node cannot be had now. */
    private @Nullable RespConnection connect() {
        List<String> nodes = random.nextInt(CONNECTIONS_PER_TRAVEL) == 0
                ? cluster.layout().nodes()
                : cluster.layout().nodesOf(region);
        String node = nodes.get(random.nextInt(nodes.size()));
        RespConnection opened;
        try {
            Duration timeout = process % 2 == 0 ? settings.replyTimeout() : settings.patientTimeout();
            opened = RespConnection.open(cluster.resp(node), cluster.layout().token(), timeout);
        } catch (JedisException unreachable) {
            return null;
        }
        connection = opened;
        place = new Place(cluster.layout().regionOf(node), node);
        try {
            if (!token.isEmpty()) {
                // Its first read must be as new either way: nothing but the node's own care makes it so.
                Duration patience = random.nextBoolean() ? PATIENT_SYNC : HASTY_SYNC;
                if (!dialect.sync(opened, token, patience)) {
                    movesAhead.incrementAndGet();
                }
            }
            level = chooseLevel();
            dialect.level(opened, level);
            return opened;
        } catch (JedisException notYet) {
            disconnect();
            return null;
        }
    }

    /** How often the session came to a node that was not as far as it. */
    int movesAhead() {
        return movesAhead.get();
    }

    private void operate(RespConnection ready) {
        boolean broken;
        try {
            if (random.nextInt(3) == 0) {
                level = chooseLevel();
                dialect.level(ready, level);
            }
            broken = exchange(ready);
        } catch (JedisException e) {
            broken = true;
        }
        if (broken || random.nextInt(OPERATIONS_PER_MOVE) == 0) {
            disconnect();
        }
    }

    /** Whether the connection is of no more use. */
    private boolean exchange(RespConnection ready) {
        int dice = random.nextInt(100);
        if (dice < 45) {
            String key = keys.registers().pick(random);
            if (dice < 7) {
                return compareAndSet(ready, key);
            }
            return dice < 25 ? record(ready, new Call.Set(value()), key) : record(ready, new Call.Get(), key);
        }
        if (dice < 70) {
            String key = keys.counters().pick(random);
            return record(ready, dice < 57 ? new Call.Increment() : new Call.Get(), key);
        }
        String key = keys.lists().pick(random);
        return record(ready, dice < 86 ? new Call.Append(value()) : new Call.ReadList(), key);
    }

    private boolean compareAndSet(RespConnection ready, String key) {
        if (level != Level.LINEARIZABLE) {
            level = Level.LINEARIZABLE;
            dialect.level(ready, level);
        }
        ready.require("WATCH", key);
        Call get = new Call.Get();
        Operation read = Exchange.run(ready, begin(get, key, level), get, key);
        isBeyondToken |= read.isOk();
        if (read.isOk() && read.result() instanceof Result.Text expected) {
            return record(ready, new Call.CompareAndSet(expected.value(), value()), key);
        }
        ready.require("UNWATCH");
        return read.isUnknown();
    }

    private boolean record(RespConnection ready, Call call, String key) {
        Level promised = call.isRead() ? level : Level.LINEARIZABLE;
        Recorder.Pending pending = begin(call, key, promised);
        Operation operation = Exchange.run(ready, pending, call, key);
        if (operation.isOk()) {
            isBeyondToken = true;
            if (call.isRead() && random.nextInt(READS_PER_INDEX) == 0) {
                pending.at(dialect.lastIndex(ready));
            }
            token = dialect.token(ready);
            isBeyondToken = false;
        }
        return !operation.isOk() && brokenBy(operation);
    }

    /** After an unknown outcome a late reply could be taken for the next one's; a failed EXEC may leave MULTI open. */
    private static boolean brokenBy(Operation operation) {
        return operation.isUnknown()
                || (operation.call() instanceof Call.CompareAndSet
                        && !operation.result().equals(Exchange.ABORTED));
    }

    private Recorder.Pending begin(Call call, String key, Level promised) {
        String session = sessions == 1 ? "s" + process : "s" + process + "." + sessions;
        return recorder.begin(process, session, call, key, place, promised);
    }

    /** Unique in the whole workload. */
    private String value() {
        written++;
        return process + "-" + written;
    }

    private Level chooseLevel() {
        int dice = random.nextInt(100);
        if (dice < 40) {
            return Level.LINEARIZABLE;
        }
        return dice < 80 ? Level.SESSION : Level.EVENTUAL;
    }

    private void disconnect() {
        if (isBeyondToken) {
            // What this session was promised last, no other node can be told: the next connection starts afresh.
            sessions++;
            token = "";
            isBeyondToken = false;
        }
        RespConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (JedisException alreadyBroken) {
                // Nothing is lost: the operation has been recorded.
                place = new Place(region, "");
            }
        }
    }
}
