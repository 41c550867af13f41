// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import io.meridian.server.config.ConfigException;
import io.meridian.server.config.ConfigLoader;
import io.meridian.server.node.EventLoops;
import io.meridian.server.node.Node;
import io.meridian.server.node.Serving;
import io.meridian.server.node.StartException;
import io.meridian.store.Replica;
import io.meridian.store.transport.LinkDelay;
import io.meridian.store.transport.PeerAddresses;
import io.meridian.store.transport.TransportThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A cluster whose nodes all run in this process, each with sockets and a data folder of its own. */
public final class LocalCluster implements AutoCloseable {
    private static final int THREADS = 2;
    // Below what the kernel gives to outgoing connections: a stopped node's port is still free when it starts again.
    private static final int FIRST_PORT = 12_000;
    private static final int LAST_PORT = 32_000;
    private static final Random PORTS = new Random();

    private final ClusterPlan plan;
    private final Path folder;
    private final Map<String, Integer> peerPorts = new ConcurrentHashMap<>();
    private final Map<String, Node> running = new ConcurrentHashMap<>();
    private final PeerAddresses addresses = new PeerAddresses();
    private final TransportThreads peerThreads = TransportThreads.start(THREADS);
    private final EventLoops loops = EventLoops.start(THREADS);
    private volatile long oneWayNanos;

    private LocalCluster(ClusterPlan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
        this.oneWayNanos = TimeUnit.MILLISECONDS.toNanos(plan.roundTripMillis()) / 2;
    }

    /** Starts all nodes and waits until each serves. */
    public static LocalCluster start(ClusterPlan plan, Path folder) throws StartException {
        LocalCluster cluster = start(plan, folder, plan.nodes());
        cluster.awaitServing();
        return cluster;
    }

    /** Starts only these of the nodes, and does not wait. */
    public static LocalCluster start(ClusterPlan plan, Path folder, List<String> nodes) throws StartException {
        LocalCluster cluster = new LocalCluster(plan, folder);
        try {
            for (String node : plan.nodes()) {
                int port = freePort();
                cluster.peerPorts.put(node, port);
                cluster.addresses.put(node, "127.0.0.1", port);
            }
            for (String node : nodes) {
                cluster.start(node);
            }
            return cluster;
        } catch (StartException | RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    private static int freePort() {
        while (true) {
            int port = PORTS.nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (IOException _) {
                // Somebody has it: another one.
            }
        }
    }

    /** Starts a node that does not run, with the data that it had. */
    public void start(String name) throws StartException {
        try {
            Serving.Shared shared = new Serving.Shared(addresses, delay(), peerThreads, loops);
            running.put(
                    name,
                    Node.start(
                            ConfigLoader.parse(name, configuration(name), folder, Map.of())
                                    .config(),
                            Optional.of(shared)));
        } catch (ConfigException refused) {
            throw new IllegalStateException("a test's configuration is refused", refused);
        }
    }

    private LinkDelay delay() {
        return (from, to) -> region(from).equals(region(to)) ? 0 : oneWayNanos;
    }

    private static String region(String node) {
        int dash = node.indexOf('-');
        return dash < 0 ? node : node.substring(0, dash);
    }

    private String configuration(String name) {
        StringBuilder yaml = new StringBuilder("cluster: test\nnode: " + name + "\ndata: " + folder.resolve(name));
        yaml.append("\nlisten:\n  resp: 127.0.0.1:0\n  rest: 127.0.0.1:0\n  admin: 127.0.0.1:0\n");
        yaml.append("  peer: 127.0.0.1:").append(peerPorts.get(name)).append("\nregions:\n");
        for (String region : plan.regions()) {
            yaml.append("  ").append(region).append(":\n    nodes:\n");
            for (String node : plan.nodesOf(region)) {
                yaml.append("      ")
                        .append(node)
                        .append(": 127.0.0.1:")
                        .append(peerPorts.get(node))
                        .append('\n');
            }
        }
        yaml.append("databases:\n");
        for (int i = 0; i < plan.regions().size(); i++) {
            String region = plan.regions().get(i);
            String database = i == 0 ? "default" : region;
            yaml.append("  ").append(database).append(":\n    id: ").append(i).append("\n    home: ");
            yaml.append(region).append("\n    users:\n      default: {token: ").append(token(region));
            yaml.append("}\n      reader: {token: ").append(token(region)).append("-reader, read-only: true}\n");
        }
        return yaml.append(plan.settings()).toString();
    }

    /** The token of user default of the database whose home is this region; with "-reader" that of the read-only user. */
    public static String token(String region) {
        return "token-" + region;
    }

    /** From now on, messages between regions take this long there and back. */
    public void roundTripMillis(long millis) {
        oneWayNanos = TimeUnit.MILLISECONDS.toNanos(millis) / 2;
    }

    /** Stops a node in order. */
    public void stop(String name) {
        Objects.requireNonNull(running.remove(name)).close();
    }

    /** Cuts all its connections first, so that it can hand nothing over. */
    public void kill(String name) {
        Node node = Objects.requireNonNull(running.remove(name));
        node.serving().cut();
        node.close();
    }

    public ClusterPlan plan() {
        return plan;
    }

    public boolean isRunning(String name) {
        return running.containsKey(name);
    }

    public Serving node(String name) {
        return Objects.requireNonNull(running.get(name), name).serving();
    }

    /** A running node's replica of the group that is at home in this region. */
    public Replica replica(String name, String homeRegion) {
        return node(name).store().replica(homeRegion + "/0").orElseThrow();
    }

    public InetSocketAddress resp(String name) {
        return node(name).respAddress();
    }

    public String adminUrl(String name) {
        String endpoints = Objects.requireNonNull(running.get(name), name).endpoints();
        return "http://" + endpoints.substring(endpoints.lastIndexOf(' ') + 1);
    }

    public String restUrl(String name) {
        return "http://127.0.0.1:" + node(name).restAddress().getPort();
    }

    /** A client of the default database, at this node. */
    public Client client(String name) {
        return Client.open(name, resp(name), 3, "default", token(plan.regions().getFirst()));
    }

    /** The running node that leads the group at home in a region, if any does. */
    public Optional<String> leader(String region) {
        return running.keySet().stream()
                .filter(name -> replica(name, region).isLeader())
                .findFirst();
    }

    public String awaitLeader(String region) {
        Await.until("a leader in " + region, () -> leader(region).isPresent());
        return leader(region).orElseThrow();
    }

    /** Waits until each replica on the running nodes serves and knows its leader. */
    public void awaitServing() {
        Await.until(
                () -> "all nodes serve, but " + notServing(), () -> notServing().isEmpty());
    }

    private List<String> notServing() {
        List<String> not = new ArrayList<>();
        running.forEach((name, node) -> {
            for (Replica replica : node.serving().store().replicas()) {
                if (!replica.isServing() || replica.leader().isEmpty()) {
                    not.add(name + " of " + replica.group() + " at " + replica.appliedIndex() + " of "
                            + replica.commitIndex() + ", leader " + replica.leader());
                }
            }
        });
        return not;
    }

    @Override
    public void close() {
        List<Thread> closing = running.values().stream()
                .map(node -> Thread.ofPlatform().start(node::close))
                .toList();
        running.clear();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loops.close();
        peerThreads.close();
    }
}
