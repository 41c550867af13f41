// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.router.topology.HostPort;
import io.meridian.server.admin.AdminServer;
import io.meridian.server.admin.Health;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.metrics.GroupView;
import io.meridian.server.metrics.HistogramView;
import io.meridian.server.metrics.Meters;
import io.meridian.store.Histogram;
import io.meridian.store.Replica;
import io.meridian.store.StoreException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: everything that it consists of, started in order and stopped in the opposite one. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    // Larger ones are told as one bucket.
    private static final long BATCH_COMMANDS_MAX = 2_048;
    private static final long COMMIT_MICROS_MAX = 1L << 24; // 17 s

    private final NodeConfig config;
    private final Optional<Serving.Shared> given;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final Health health = new Health();
    private final Meters meters;
    private String endpoints = "none";
    private @Nullable Serving serving;
    private @Nullable AdminServer admin;
    // The admin port answers from the start on, and until the end.
    private volatile String notServing = "is starting";

    /** Something that was started, with its name for the log. */
    private record Part(String name, AutoCloseable closeable) {}

    private Node(NodeConfig config, Optional<Serving.Shared> given) {
        this.config = config;
        this.given = given;
        this.meters = new Meters(
                config.cluster(), config.region().name(), config.node().name(), Version.text());
    }

    /** Starts all parts, or none: a part that cannot start stops those before it. */
    public static Node start(NodeConfig config) throws StartException {
        return start(config, Optional.empty());
    }

    /** The same for one of many nodes of a process, with what they share; that stays the caller's to close. */
    public static Node start(NodeConfig config, Optional<Serving.Shared> given) throws StartException {
        Node node = new Node(config, given);
        node.health.readyWhile(
                "node", () -> node.notServing.isEmpty() ? Optional.empty() : Optional.of(node.notServing));
        try {
            node.startParts();
            return node;
        } catch (StartException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private void startParts() throws StartException {
        started("metrics", meters.withProcess());
        started("data directory", NodeDirectory.open(config));
        AdminServer admin = listening(
                "listen.admin", () -> AdminServer.start(config.listen().admin(), health, meters::scrape));
        this.admin = admin;
        started("admin port", admin);
        Serving.Shared shared = given.orElseGet(() -> own());
        Serving serving = serving(shared);
        this.serving = serving;
        started("frontends and store", serving);
        serving.checks(health);
        measure(serving);
        notServing = "";
        endpoints = "RESP " + serving.respAddress() + ", REST " + serving.restAddress() + ", admin " + admin.address();
    }

    private Serving.Shared own() {
        Serving.Shared own = Serving.Shared.of(config);
        started("peer threads", own.peerThreads());
        started("client threads", own.loops());
        return own;
    }

    private Serving serving(Serving.Shared shared) throws StartException {
        try {
            return Serving.start(config, shared);
        } catch (IOException e) {
            throw new StartException(ExitCode.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        } catch (StoreException e) {
            throw new StartException(ExitCode.IO, String.valueOf(e.getMessage()), e);
        }
    }

    private void measure(Serving serving) {
        for (Replica replica : serving.store().replicas()) {
            meters.group(replica.group(), new ReplicaView(replica));
            measureBatches(replica);
        }
        for (Command command : CommandTable.REDIS.commands()) {
            int id = command.spec().id();
            meters.command(command.spec().name(), () -> serving.router().calls(id));
        }
    }

    private void measureBatches(Replica replica) {
        Map<String, String> labels = Map.of("group", replica.group());
        Histogram commands = replica.counters().batchCommands();
        meters.histogram(
                "meridian.group.batch.commands",
                "Commands in each entry proposed here, reads that ride with it included.",
                labels,
                new HistogramView(commands::counts, Histogram::upperBound, commands::sum, 1, BATCH_COMMANDS_MAX));
        Histogram micros = replica.counters().commitMicros();
        meters.histogram(
                "meridian.group.commit.seconds",
                "From proposing an entry to its being applied on the leader.",
                labels,
                new HistogramView(micros::counts, Histogram::upperBound, micros::sum, 1e-6, COMMIT_MICROS_MAX));
    }

    /** A replica as the metrics see it. */
    private record ReplicaView(Replica replica) implements GroupView {
        @Override
        public long appliedIndex() {
            return replica.appliedIndex();
        }

        @Override
        public long committedIndex() {
            return replica.commitIndex();
        }

        @Override
        public long stalenessMillis() {
            long millis = replica.stalenessMillis();
            return millis == Long.MAX_VALUE ? -1 : millis;
        }

        @Override
        public boolean isLeader() {
            return replica.isLeader();
        }
    }

    /** Where it listens, for a line of the log. */
    public String endpoints() {
        return endpoints;
    }

    /** Something that listens when it starts. */
    @FunctionalInterface
    private interface Listening<T> {
        T start() throws IOException;
    }

    private static <T> T listening(String setting, Listening<T> part) throws StartException {
        try {
            return part.start();
        } catch (IOException e) {
            throw new StartException(ExitCode.UNAVAILABLE, e.getMessage() + " (" + setting + ")", e);
        }
    }

    private void started(String name, AutoCloseable part) {
        parts.push(new Part(name, part));
    }

    /** The parts that serve clients and other nodes. */
    public Serving serving() {
        return java.util.Objects.requireNonNull(serving);
    }

    /** Where the admin port listens. */
    public HostPort adminAddress() {
        return java.util.Objects.requireNonNull(admin).address();
    }

    /** What this node's readiness depends on. */
    public Health health() {
        return health;
    }

    public Meters meters() {
        return meters;
    }

    /** Stops all parts, the last first; a part that fails to stop is logged and does not keep the others running. */
    @Override
    public void close() {
        notServing = "is stopping";
        while (!parts.isEmpty()) {
            Part part = parts.pop();
            try {
                part.closeable().close();
            } catch (Exception e) {
                if (e instanceof InterruptedException) {
                    Thread.currentThread().interrupt();
                }
                LOG.error("the {} did not stop properly", part.name(), e);
            }
        }
    }
}
