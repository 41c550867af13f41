// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.router.topology.HostPort;
import io.meridian.server.config.NodeConfig;
import io.meridian.server.node.EventLoops;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.Node;
import io.meridian.server.node.Serving;
import io.meridian.server.node.StartException;
import io.meridian.store.Replica;
import io.meridian.store.transport.PeerAddresses;
import io.meridian.store.transport.TransportThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All nodes of a demo in this process, each with the configuration that it would have in one of its own. */
public final class DemoCluster implements AutoCloseable {
    /** Good for a cluster that listens on loopback only. */
    public static final String TOKEN = "demo-token";

    private final DemoSettings settings;
    private final Path data;
    // Replaced as a whole, so that clients' threads may read it while a node is killed.
    private volatile Map<String, Member> members = Map.of();
    private final TransportThreads peerThreads;
    private final EventLoops loops;

    /** A node, its region and its place there. */
    public record Member(String region, String name, Node node) {
        public InetSocketAddress resp() {
            return node.serving().respAddress();
        }

        public InetSocketAddress rest() {
            return node.serving().restAddress();
        }

        public HostPort admin() {
            return node.adminAddress();
        }

        /** Its part in the group of a region. */
        public String roleIn(String homeRegion) {
            return node.serving()
                    .store()
                    .replica(homeRegion + "/0")
                    .map(replica -> replica.isLeader()
                            ? "leader"
                            : replica.membership().voters().contains(name) ? "follower" : "learner")
                    .orElse("none");
        }
    }

    private DemoCluster(DemoSettings settings, Path data, TransportThreads peerThreads, EventLoops loops) {
        this.settings = settings;
        this.data = data;
        this.peerThreads = peerThreads;
        this.loops = loops;
    }

    /**
     * Starts all nodes, or none; each has its configuration and its data in this folder, which exists.
     *
     * @throws StartException when a port is in use: then nothing was written yet
     */
    public static DemoCluster start(DemoSettings settings, Path data) throws StartException, IOException {
        requireFreePorts(settings);
        int threads = Runtime.getRuntime().availableProcessors();
        DemoCluster cluster =
                new DemoCluster(settings, data, TransportThreads.start(threads), EventLoops.start(threads));
        try {
            cluster.startNodes();
            return cluster;
        } catch (StartException | IOException | RuntimeException failed) {
            cluster.close();
            throw failed;
        }
    }

    /** Throws unless each node could listen where its clients look for it. */
    public static void requireFreePorts(DemoSettings settings) throws StartException {
        for (int i = 0; i < settings.regions().size(); i++) {
            for (int j = 0; j < settings.nodesPerRegion(); j++) {
                DemoConfiguration node = DemoConfiguration.of(settings, i, j);
                requireFree(node.respPort(settings), "listen.resp of " + node.node());
                requireFree(node.restPort(settings), "listen.rest of " + node.node());
            }
        }
    }

    private static void requireFree(int port, String what) throws StartException {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException taken) {
            throw new StartException(
                    ExitCode.UNAVAILABLE,
                    "cannot listen on 127.0.0.1:" + port + " (" + what + "): " + taken.getMessage(),
                    taken);
        }
    }

    private void startNodes() throws StartException, IOException {
        Map<String, Integer> peerPorts = freePorts();
        Map<String, String> regions = new LinkedHashMap<>();
        PeerAddresses addresses = new PeerAddresses();
        for (String region : settings.regions()) {
            for (int j = 0; j < settings.nodesPerRegion(); j++) {
                String name = DemoSettings.node(region, j);
                regions.put(name, region);
                addresses.put(name, "127.0.0.1", java.util.Objects.requireNonNull(peerPorts.get(name)));
            }
        }
        Serving.Shared shared =
                new Serving.Shared(addresses, settings.wideArea().between(regions), peerThreads, loops);
        for (int i = 0; i < settings.regions().size(); i++) {
            for (int j = 0; j < settings.nodesPerRegion(); j++) {
                DemoConfiguration node = DemoConfiguration.of(settings, i, j);
                NodeConfig config = node.write(settings, data, peerPorts);
                Map<String, Member> more = new LinkedHashMap<>(members);
                more.put(node.node(), new Member(node.region(), node.node(), Node.start(config, Optional.of(shared))));
                members = more;
            }
        }
    }

    private Map<String, Integer> freePorts() throws IOException {
        Map<String, Integer> ports = new LinkedHashMap<>();
        List<ServerSocket> held = new ArrayList<>();
        try {
            for (String region : settings.regions()) {
                for (int j = 0; j < settings.nodesPerRegion(); j++) {
                    ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    held.add(socket);
                    ports.put(DemoSettings.node(region, j), socket.getLocalPort());
                }
            }
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
        return ports;
    }

    /** The token of the database whose home is the i-th region. */
    public static String token(int i) {
        return i == 0 ? TOKEN : TOKEN + "-" + i;
    }

    public DemoSettings settings() {
        return settings;
    }

    public List<Member> members() {
        return List.copyOf(members.values());
    }

    public List<Member> in(String region) {
        return members.values().stream()
                .filter(member -> member.region().equals(region))
                .toList();
    }

    /** The node that leads the group of a region; empty while none does. */
    public Optional<Member> leaderOf(String region) {
        return members.values().stream()
                .filter(member -> member.roleIn(region).equals("leader"))
                .findFirst();
    }

    /** Waits until every group has a leader and every replica serves; false when that took too long. */
    public boolean awaitServing(long seconds) throws InterruptedException {
        return awaitServing(seconds, new CountDownLatch(1));
    }

    /** The same; false too where the latch is open first. */
    public boolean awaitServing(long seconds, CountDownLatch stopping) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!isServing()) {
            if (stopping.await(20, TimeUnit.MILLISECONDS) || System.nanoTime() - deadline > 0) {
                return false;
            }
        }
        return true;
    }

    private boolean isServing() {
        return settings.regions().stream().allMatch(region -> leaderOf(region).isPresent())
                && members.values().stream()
                        .allMatch(member -> member.node().serving().store().replicas().stream()
                                .allMatch(Replica::isServing));
    }

    /** Cuts a node off at once, as if its machine had lost power: nothing is handed over. */
    public void kill(Member member) {
        Map<String, Member> left = new LinkedHashMap<>(members);
        left.remove(member.name());
        members = left;
        member.node().serving().cut();
        member.node().close();
    }

    @Override
    public void close() {
        List<CompletableFuture<?>> closing = new ArrayList<>();
        for (Member member : members.values()) {
            closing.add(CompletableFuture.runAsync(() -> member.node().close(), DemoCluster::startClosing));
        }
        try {
            // An interrupt does not end this: the nodes need their threads until then.
            closing.forEach(CompletableFuture::join);
            members = Map.of();
        } finally {
            loops.close();
            peerThreads.close();
        }
    }

    private static void startClosing(Runnable task) {
        var _ = Thread.ofPlatform().start(task);
    }
}
