// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import io.meridian.server.admin.AdminServer;
import io.meridian.server.admin.Health;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.metrics.Meters;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running node: everything that it consists of, started in order and stopped in the opposite one. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);

    private final NodeConfig config;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final Health health = new Health();
    private final Meters meters;
    private String endpoints = "none";

    /** Something that was started, with its name for the log. */
    private record Part(String name, AutoCloseable closeable) {}

    private Node(NodeConfig config) {
        this.config = config;
        this.meters = new Meters(
                config.cluster(), config.region().name(), config.node().name(), Version.text());
    }

    /** Starts all parts, or none: a part that cannot start stops those before it. */
    public static Node start(NodeConfig config) throws StartException {
        Node node = new Node(config);
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
        started("admin port", admin);
        endpoints = "admin port " + admin.address();
    }

    /** Where it listens, for a line of the log. */
    String endpoints() {
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
