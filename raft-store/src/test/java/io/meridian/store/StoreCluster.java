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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One group on real nodes in this process: each has a port, a transport, a store and a directory of its own. */
final class StoreCluster implements AutoCloseable {
    static final String GROUP = "here/0";
    static final String CLUSTER = "test";

    private static final String HOST = "127.0.0.1";

    /** What runs for one node. */
    record Running(Store store, Replica replica, PeerTransport transport, PeerServer server) {}

    private final Path directory;
    private final Membership membership;
    private final TransportThreads threads = TransportThreads.start(2);
    // Each node's own, so that links can be cut one by one.
    private final Map<String, PeerAddresses> books = new LinkedHashMap<>();
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    // Tests write from threads of their own while nodes come and go.
    private final Map<String, Running> running = new ConcurrentSkipListMap<>();
    private Optional<String> preferredLeader = Optional.empty();
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

    /** Replicas that are started from now on give leadership to this voter. */
    void prefer(String voter) {
        preferredLeader = Optional.of(voter);
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

    /** A node without a replica: to be started in its store. */
    record Opened(Store store, PeerTransport transport, PeerServer server) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
            transport.close();
            server.close();
        }
    }

    Opened open(String name) throws IOException, StoreException {
        PeerIdentity self = PeerIdentity.starting(CLUSTER, name, 0, PeerSecret.NONE);
        TransportOptions limits = TransportOptions.defaults();
        PeerAddresses book = books.computeIfAbsent(name, _ -> new PeerAddresses());
        ports.forEach((node, port) -> book.put(node, HOST, port));
        PeerChannels channels =
                new PeerChannels(self, book, threads, limits, (from, to) -> delay.nanos(from, to), Optional.empty());
        PeerTransport transport = PeerTransport.open(self, book, channels, threads, limits);
        @Nullable Store store = null;
        try {
            store = Store.open(
                    new StoreOptions(CLUSTER, name, directoryOf(name), tuning),
                    transport,
                    channels,
                    CommandTable.REDIS);
            PeerServer server = PeerServer.start(new PeerServer.Settings(
                    self,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    List.of(transport.service(), store.service()),
                    Runnable::run,
                    0,
                    threads,
                    limits,
                    Optional.empty()));
            ports.put(name, server.port());
            books.values().forEach(each -> each.put(name, HOST, server.port()));
            return new Opened(store, transport, server);
        } catch (IOException | StoreException refused) {
            if (store != null) {
                store.close();
            }
            transport.close();
            throw refused;
        }
    }

    Running start(String name) throws IOException, StoreException {
        Opened opened = open(name);
        try {
            Replica replica = opened.store().start(membership, preferredLeader);
            Running node = new Running(opened.store(), replica, opened.transport(), opened.server());
            running.put(name, node);
            return node;
        } catch (StoreException refused) {
            opened.close();
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
        books.forEach((node, book) -> {
            if (!node.equals(name)) {
                book.remove(name);
            }
        });
    }

    /** Nobody reaches the node any more, nor does it reach anybody. */
    void isolate(String name) {
        cut(name);
        PeerAddresses own = bookOf(name);
        own.nodes().forEach(own::remove);
    }

    /** All nodes reach this one again, and it reaches them. */
    void heal(String name) {
        int port = running(name).server().port();
        books.values().forEach(book -> book.put(name, HOST, port));
        PeerAddresses own = bookOf(name);
        ports.forEach((node, theirs) -> own.put(node, HOST, theirs));
    }

    private PeerAddresses bookOf(String name) {
        return Objects.requireNonNull(books.get(name), name);
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
        AtomicReference<@Nullable Replica> leader = new AtomicReference<>();
        eventually("there is a leader", () -> {
            leader.set(leaderNow().orElse(null));
            return leader.get() != null;
        });
        return Objects.requireNonNull(leader.get());
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
