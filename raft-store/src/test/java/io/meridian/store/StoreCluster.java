// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static io.meridian.store.Eventually.eventually;

import io.meridian.engine.command.CommandTable;
import io.meridian.store.transport.LinkDelay;
import io.meridian.store.transport.PeerAddresses;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import io.meridian.store.transport.PeerSecret;
import io.meridian.store.transport.PeerServer;
import io.meridian.store.transport.PeerTransport;
import io.meridian.store.transport.TransportOptions;
import io.meridian.store.transport.TransportThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One group on real nodes in this process: each has a port, a transport, a store and a directory of its own. */
final class StoreCluster implements AutoCloseable {
    static final String GROUP = "here/0";
    static final String CLUSTER = "test";

    /** What runs for one node. */
    record Running(Store store, Replica replica, PeerTransport transport, PeerServer server) {}

    private final Path directory;
    private final Membership membership;
    private final TransportThreads threads = TransportThreads.start(2);
    private final PeerAddresses addresses = new PeerAddresses();
    private final Map<String, Running> running = new LinkedHashMap<>();
    private StoreTuning tuning;
    private volatile LinkDelay delay = LinkDelay.NONE;

    StoreCluster(Path directory, List<String> voters, List<String> learners) {
        this.directory = directory;
        this.membership = new Membership(GROUP, voters, learners);
        // Five times as quick as in life: tests wait for elections.
        this.tuning = StoreTuning.of(400, 128L << 20, 30 * 60_000L).withFreeBytesMin(0);
    }

    /** Three voters and a learner, started, with a leader. */
    static StoreCluster started(Path directory) throws IOException, StoreException {
        StoreCluster cluster = new StoreCluster(directory, List.of("a", "b", "c"), List.of("far"));
        cluster.startAll();
        return cluster;
    }

    void tuning(StoreTuning value) {
        tuning = value;
    }

    StoreTuning tuning() {
        return tuning;
    }

    /** What is sent from one node to another takes so long from now on. */
    void delay(LinkDelay value) {
        delay = value;
    }

    void startAll() throws IOException, StoreException {
        for (String node : nodes()) {
            start(node);
        }
        leader();
    }

    List<String> nodes() {
        List<String> nodes = new ArrayList<>(membership.voters());
        nodes.addAll(membership.learners());
        return nodes;
    }

    Running start(String name) throws IOException, StoreException {
        PeerIdentity self = PeerIdentity.starting(CLUSTER, name, 0, PeerSecret.NONE);
        TransportOptions limits = TransportOptions.defaults();
        PeerChannels channels = new PeerChannels(
                self, addresses, threads, limits, (from, to) -> delay.nanos(from, to), Optional.empty());
        PeerTransport transport = PeerTransport.open(self, addresses, channels, threads, limits);
        @Nullable Store store = null;
        @Nullable PeerServer server = null;
        try {
            store = Store.open(
                    new StoreOptions(CLUSTER, name, directoryOf(name), tuning),
                    transport,
                    channels,
                    CommandTable.REDIS);
            server = PeerServer.start(new PeerServer.Settings(
                    self,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    List.of(transport.service(), store.service()),
                    Runnable::run,
                    0,
                    threads,
                    limits,
                    Optional.empty()));
            addresses.put(name, "127.0.0.1", server.port());
            Running node = new Running(store, store.start(membership), transport, server);
            running.put(name, node);
            return node;
        } catch (StoreException refused) {
            if (store != null) {
                store.close();
            }
            transport.close();
            if (server != null) {
                server.close();
            }
            throw refused;
        }
    }

    Path directoryOf(String node) {
        return directory.resolve(node);
    }

    /** Where the group's files are on the node. */
    Path groupDirectoryOf(String node) {
        return directoryOf(node).resolve("groups").resolve(RaftSettings.raftName(GROUP));
    }

    void stop(String name) {
        Running node = Objects.requireNonNull(running.remove(name), name);
        node.store().close();
        node.transport().close();
        node.server().close();
    }

    /** Cuts the node off, then stops it: it can hand over nothing, and nothing of it reaches the others. */
    void crash(String name) {
        Running node = Objects.requireNonNull(running.remove(name), name);
        node.transport().close();
        node.server().close();
        node.store().close();
    }

    /** Nobody reaches the node any more; it goes on reaching others. */
    void cut(String name) {
        addresses.remove(name);
    }

    void heal(String name) {
        addresses.put(name, "127.0.0.1", running(name).server().port());
    }

    Running running(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    Replica replica(String name) {
        return running(name).replica();
    }

    List<Replica> replicas() {
        return running.values().stream().map(Running::replica).toList();
    }

    Replica leader() {
        eventually("there is a leader", () -> leaderNow().isPresent());
        return leaderNow().orElseThrow();
    }

    String leaderName() {
        Replica leader = leader();
        return running.entrySet().stream()
                .filter(node -> node.getValue().replica() == leader)
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    private Optional<Replica> leaderNow() {
        return replicas().stream().filter(Replica::isLeader).findFirst();
    }

    /** Waits until all replicas have applied what the leader has; then their digests must be equal. */
    void awaitEqualDigests() {
        eventually("all replicas have applied the same and have equal digests", () -> {
            Replica.Digest first = replicas().getFirst().digest();
            return replicas().stream().allMatch(replica -> replica.digest().equals(first));
        });
    }

    @Override
    public void close() {
        for (String name : List.copyOf(running.keySet())) {
            stop(name);
        }
        threads.close();
    }
}
