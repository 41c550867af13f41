// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static io.meridian.store.transport.Eventually.eventually;

import com.alipay.sofa.jraft.Closure;
import com.alipay.sofa.jraft.Node;
import com.alipay.sofa.jraft.RaftServiceFactory;
import com.alipay.sofa.jraft.Status;
import com.alipay.sofa.jraft.closure.ReadIndexClosure;
import com.alipay.sofa.jraft.conf.Configuration;
import com.alipay.sofa.jraft.entity.Task;
import com.alipay.sofa.jraft.rpc.RaftServerService;
import com.alipay.sofa.jraft.rpc.RpcRequestClosure;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.TimeoutNowResponse;
import com.google.protobuf.Message;
import io.meridian.store.RaftStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** One Raft group on real nodes in this process: voters and learners, each with its own port and transport. */
final class RaftCluster implements AutoCloseable {
    static final String GROUP = "here_0";
    private static final int IN_FLIGHT = 48;
    static final List<String> VOTERS = List.of("a", "b", "c");
    static final List<String> LEARNERS = List.of("far");

    /** How a test's cluster differs from the usual one. */
    record Shape(
            LinkDelay delay,
            int electionTimeoutMillis,
            int snapshotBallastBytes,
            TransportOptions limits,
            UnaryOperator<TransportNodeOptions> options) {
        static Shape usual() {
            return new Shape(LinkDelay.NONE, 4_000, 0, TransportOptions.defaults(), options -> options);
        }

        Shape delay(LinkDelay value) {
            return new Shape(value, electionTimeoutMillis, snapshotBallastBytes, limits, options);
        }

        Shape electionTimeoutMillis(int value) {
            return new Shape(delay, value, snapshotBallastBytes, limits, options);
        }

        Shape snapshotBallastBytes(int value) {
            return new Shape(delay, electionTimeoutMillis, value, limits, options);
        }

        Shape limits(TransportOptions value) {
            return new Shape(delay, electionTimeoutMillis, snapshotBallastBytes, value, options);
        }

        Shape options(UnaryOperator<TransportNodeOptions> value) {
            return new Shape(delay, electionTimeoutMillis, snapshotBallastBytes, limits, value);
        }
    }

    /** What runs for one node. */
    record Running(Node raft, SumStateMachine machine, PeerTransport transport, PeerServer server) {}

    final TransportThreads threads = TransportThreads.start(2);
    final PeerAddresses addresses = new PeerAddresses();
    private final Path directory;
    private final Shape shape;
    private final Map<String, Running> running = new LinkedHashMap<>();

    private RaftCluster(Path directory, Shape shape) {
        this.directory = directory;
        this.shape = shape;
    }

    /** Starts all nodes and has the first voter elected at once. */
    static RaftCluster start(Path directory, Shape shape) throws IOException {
        return start(
                directory,
                shape,
                Stream.concat(VOTERS.stream(), LEARNERS.stream()).toList());
    }

    /** As {@link #start}, but the learners, which are members, are not running. */
    static RaftCluster startVoters(Path directory, Shape shape) throws IOException {
        return start(directory, shape, VOTERS);
    }

    private static RaftCluster start(Path directory, Shape shape, List<String> nodes) throws IOException {
        RaftCluster cluster = new RaftCluster(directory, shape);
        for (String node : nodes) {
            cluster.startNode(node);
        }
        String first = VOTERS.getFirst();
        PeerTransport transport = cluster.running(first).transport();
        eventually(
                "the first voter is connected",
                () -> nodes.stream().allMatch(peer -> peer.equals(first) || transport.isReady(peer)));
        cluster.elect(first);
        return cluster;
    }

    Running startNode(String name) throws IOException {
        PeerIdentity self = PeerIdentity.starting("test", name, 0, PeerSecret.NONE);
        TransportOptions limits = shape.limits();
        PeerChannels channels = new PeerChannels(self, addresses, threads, limits, shape.delay(), Optional.empty());
        PeerTransport transport = PeerTransport.open(self, addresses, channels, threads, limits);
        PeerServer server = PeerServer.start(new PeerServer.Settings(
                self,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(transport.service()),
                Runnable::run,
                0,
                threads,
                limits,
                Optional.empty()));
        addresses.put(name, "127.0.0.1", server.port());

        SumStateMachine machine = new SumStateMachine(shape.snapshotBallastBytes());
        Path home = Files.createDirectories(directory.resolve(name));
        TransportNodeOptions options = transport.nodeOptions();
        options.setInitialConf(configuration());
        options.setFsm(machine);
        options.setLogUri(home.resolve("log").toString());
        options.setRaftMetaUri(home.resolve("meta").toString());
        options.setSnapshotUri(home.resolve("snapshot").toString());
        options.setSnapshotIntervalSecs(0);
        options.setElectionTimeoutMs(shape.electionTimeoutMillis());
        options.setServiceFactory(new RaftStorage(() -> true));
        options.setDisableCli(true);
        options.setSharedTimerPool(true);
        options.setRpcProcessorThreadPoolSize(6);
        options.getRaftOptions().setMaxByteCountPerRpc(1 << 20);
        options.getRaftOptions().setMaxReplicatorInflightMsgs(64);
        Node raft = RaftServiceFactory.createAndInitRaftNode(
                GROUP, PeerTransport.peerId(name), shape.options().apply(options));
        Running node = new Running(raft, machine, transport, server);
        running.put(name, node);
        return node;
    }

    void stopNode(String name) {
        Running node = Objects.requireNonNull(running.remove(name));
        CountDownLatch stopped = new CountDownLatch(1);
        node.raft().shutdown(_ -> stopped.countDown());
        eventually(name + " has stopped", () -> stopped.getCount() == 0);
        node.transport().close();
        node.server().close();
    }

    Running running(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    Map<String, Running> running() {
        return running;
    }

    Configuration configuration() {
        Configuration configuration = new Configuration();
        VOTERS.forEach(node -> configuration.addPeer(PeerTransport.peerId(node)));
        LEARNERS.forEach(node -> configuration.addLearner(PeerTransport.peerId(node)));
        return configuration;
    }

    /** Makes a voter stand for election without waiting for its timeout. */
    void elect(String name) {
        TimeoutNowRequest request = TimeoutNowRequest.newBuilder()
                .setGroupId(GROUP)
                .setServerId(PeerTransport.peerId(name).toString())
                .setPeerId(PeerTransport.peerId(name).toString())
                .setTerm(0)
                .build();
        RaftServerService service = (RaftServerService) running(name).raft();
        var _ = service.handleTimeoutNowRequest(
                request, new RpcRequestClosure(null, TimeoutNowResponse.getDefaultInstance()) {
                    @Override
                    public synchronized void sendResponse(Message message) {
                        // Nobody asked over the network.
                    }
                });
        eventually("a leader started", () -> leaderNow().isPresent());
    }

    Running leader() {
        eventually("there is a leader", () -> leaderNow().isPresent());
        return leaderNow().orElseThrow();
    }

    private Optional<Running> leaderNow() {
        return running.values().stream()
                .filter(node -> node.machine().term.get() >= 0 && node.raft().isLeader(false))
                .findFirst();
    }

    /** Proposes an entry that adds 1, of so many bytes; completes when it is applied on the leader. */
    CompletableFuture<Status> add(Running leader, int bytes) {
        CompletableFuture<Status> outcome = new CompletableFuture<>();
        ByteBuffer entry = ByteBuffer.allocate(bytes);
        entry.put(0, (byte) 1);
        leader.raft().apply(new Task(entry, outcome::complete));
        return outcome;
    }

    /** Adds 1 so many times, some of them at a time, and waits until the leader has applied it all. */
    void addMany(Running leader, int count, int bytes) throws Exception {
        Deque<CompletableFuture<Status>> inFlight = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            inFlight.add(add(leader, bytes));
            if (inFlight.size() == IN_FLIGHT) {
                await(inFlight.remove());
            }
        }
        for (CompletableFuture<Status> outcome : inFlight) {
            await(outcome);
        }
    }

    private static void await(CompletableFuture<Status> outcome) throws Exception {
        Status status = outcome.get(60, TimeUnit.SECONDS);
        if (!status.isOk()) {
            throw new AssertionError(status.toString());
        }
    }

    /** How often any node has become leader since the cluster started. */
    int leaderStarts() {
        return running.values().stream()
                .mapToInt(node -> node.machine().leaderStarts.get())
                .sum();
    }

    /** The sum on a node, read there after a read index. */
    CompletableFuture<Long> readAt(Running node) {
        CompletableFuture<Long> outcome = new CompletableFuture<>();
        node.raft().readIndex(new byte[0], new ReadIndexClosure(-1) {
            @Override
            public void run(Status status, long index, byte[] context) {
                if (status.isOk()) {
                    outcome.complete(node.machine().sum.get());
                } else {
                    outcome.completeExceptionally(new IllegalStateException(status.toString()));
                }
            }
        });
        return outcome;
    }

    CompletableFuture<Status> snapshot(Running node) {
        CompletableFuture<Status> outcome = new CompletableFuture<>();
        Closure done = outcome::complete;
        node.raft().snapshot(done);
        return outcome;
    }

    @Override
    public void close() {
        for (String name : List.copyOf(running.keySet())) {
            stopNode(name);
        }
        threads.close();
    }
}
