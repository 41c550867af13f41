// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import io.meridian.engine.command.CommandTable;
import io.meridian.resp.RespLimits;
import io.meridian.resp.RespServer;
import io.meridian.resp.RespWriter;
import io.meridian.rest.RestLimits;
import io.meridian.rest.RestServer;
import io.meridian.router.CatalogCredentials;
import io.meridian.router.Replica;
import io.meridian.router.Router;
import io.meridian.router.forward.ForwardClient;
import io.meridian.router.forward.ForwardService;
import io.meridian.router.token.SessionTokens;
import io.meridian.router.topology.Group;
import io.meridian.router.topology.HostPort;
import io.meridian.router.topology.NodeAddress;
import io.meridian.router.topology.NodeId;
import io.meridian.router.topology.Topology;
import io.meridian.server.admin.Health;
import io.meridian.server.config.Limits;
import io.meridian.server.config.NodeConfig;
import io.meridian.store.Membership;
import io.meridian.store.Store;
import io.meridian.store.StoreException;
import io.meridian.store.StoreOptions;
import io.meridian.store.StoreTuning;
import io.meridian.store.transport.LinkDelay;
import io.meridian.store.transport.PeerAddresses;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import io.meridian.store.transport.PeerSecret;
import io.meridian.store.transport.PeerServer;
import io.meridian.store.transport.PeerTransport;
import io.meridian.store.transport.TransportOptions;
import io.meridian.store.transport.TransportThreads;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a node that serves: its replicas, the router over them, the frontends, and the way to other nodes. */
public final class Serving implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
    /** A client with too much unread that takes nothing for so long does not read. */
    private static final long UNREAD_MILLIS_MAX = 10_000;

    private final long startedNanos = System.nanoTime();
    private final NodeConfig config;
    private final Shared shared;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private volatile boolean isServing;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final PeerTransport transport;
    private final PeerServer peerServer;
    private final Store store;
    private final ScheduledExecutorService timer;
    private final Health health = new Health();
    private final Router router;
    private final RespServer resp;
    private final RestServer rest;

    /**
     * What the nodes of one process share.
     *
     * @param addresses where other nodes are; a node adds itself when it listens
     * @param delay an artificial delay of the links between nodes
     */
    public record Shared(PeerAddresses addresses, LinkDelay delay, TransportThreads peerThreads, EventLoops loops) {
        /** For a process with a single node. */
        public static Shared of(NodeConfig config) {
            PeerAddresses addresses = new PeerAddresses();
            for (NodeAddress node : config.topology().nodes()) {
                addresses.put(node.id().name(), node.peer().host(), node.peer().port());
            }
            return new Shared(
                    addresses,
                    LinkDelay.NONE,
                    TransportThreads.start(Math.max(1, config.eventLoops() / 2)),
                    EventLoops.start(config.eventLoops()));
        }
    }

    private Serving(NodeConfig config, Shared shared) throws IOException, StoreException {
        this.config = config;
        this.shared = shared;
        String node = config.node().name();
        PeerIdentity self =
                PeerIdentity.starting(config.cluster(), node, config.topology().digest(), peerSecret(config));
        TransportOptions options = TransportOptions.defaults();
        PeerChannels peers = new PeerChannels(
                self, shared.addresses(), shared.peerThreads(), options, shared.delay(), Optional.empty());
        try {
            this.transport = opened(PeerTransport.open(self, shared.addresses(), peers, shared.peerThreads(), options));
            this.store = opened(Store.open(
                    new StoreOptions(config.cluster(), node, config.data().resolve("store"), tuning()),
                    transport,
                    peers,
                    CommandTable.REDIS));
            Map<String, Replica> replicas = startReplicas();
            this.timer = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("router-timer").factory());
            opened((AutoCloseable) timer::shutdownNow);
            ForwardClient forward = opened(new ForwardClient(
                    to -> channel(peers, to), 2 * config.timeouts().request().toMillis(), timer));
            NodeHost host = new NodeHost(config, store);
            this.router = router(replicas, forward, host);
            host.serve(router);
            ExecutorService handlers = Executors.newFixedThreadPool(
                    2, Thread.ofPlatform().daemon().name("forwarded-", 0).factory());
            opened((AutoCloseable) handlers::shutdownNow);
            this.peerServer = startPeerServer(
                    self,
                    handlers,
                    List.of(
                            transport.service(),
                            store.service(),
                            new ForwardService(
                                    replicas,
                                    CommandTable.REDIS,
                                    config.limits().replyBytes(),
                                    handlers)),
                    options);
            checks(health);
            this.resp = opened(listening("listen.resp", config.listen().resp(), address -> respServer(address)));
            this.rest = opened(listening("listen.rest", config.listen().rest(), address -> restServer(address)));
            host.connections(() -> resp.connections() + rest.connections(), () -> resp.accepted() + rest.accepted());
            isServing = true;
        } catch (IOException | StoreException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /** Starts all, or nothing. */
    public static Serving start(NodeConfig config, Shared shared) throws IOException, StoreException {
        return new Serving(config, shared);
    }

    private RespServer respServer(InetSocketAddress address) throws IOException {
        return new RespServer(
                router,
                new RespLimits(
                        config.limits().requestBytes(),
                        config.limits().replyBytes(),
                        config.limits().outputBytesPerConnection(),
                        UNREAD_MILLIS_MAX,
                        config.limits().pipelineCommands(),
                        config.limits().connections()),
                shared.loops().group(),
                shared.loops().channelType(),
                address);
    }

    private RestServer restServer(InetSocketAddress address) throws IOException {
        return new RestServer(
                router,
                restLimits(),
                this::health,
                Serving::respBytes,
                shared.loops().group(),
                shared.loops().channelType(),
                address);
    }

    /** Something that listens when it starts. */
    @FunctionalInterface
    private interface Listening<T> {
        T at(InetSocketAddress address) throws IOException;
    }

    /** Starts it, or says in one line which setting's address cannot be listened on, and why. */
    private static <T> T listening(String setting, HostPort at, Listening<T> part) throws IOException {
        try {
            return part.at(address(at));
        } catch (IOException failed) {
            Throwable reason = failed;
            while (reason.getCause() != null) {
                reason = reason.getCause();
            }
            throw new IOException("cannot listen on " + at + " (" + setting + "): " + reason.getMessage(), failed);
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private StoreTuning tuning() {
        return StoreTuning.of(
                Math.toIntExact(config.raft().election().toMillis()),
                config.raft().snapshotLogBytes(),
                config.raft().snapshotInterval().toMillis());
    }

    private Map<String, Replica> startReplicas() throws StoreException {
        Map<String, Replica> replicas = new LinkedHashMap<>();
        for (Group group : config.topology().groupsOn(config.node())) {
            Optional<String> leader = config.preferredLeader(group.home()).map(NodeId::name);
            replicas.put(group.id().toString(), new LocalReplica(store.start(membership(group), leader)));
        }
        return replicas;
    }

    private static Membership membership(Group group) {
        return new Membership(
                group.id().toString(),
                group.voters().stream().map(NodeId::name).toList(),
                group.learners().stream().map(NodeId::name).toList());
    }

    private Router router(Map<String, Replica> replicas, ForwardClient forward, NodeHost host) {
        Topology topology = config.topology();
        List<Router.Member> members = new ArrayList<>();
        for (Group group : topology.groupsOn(config.node())) {
            members.add(new Router.Member(
                    group.home().name(),
                    group.voters().stream().map(NodeId::name).toList(),
                    group.learners().stream()
                            .map(learner -> new Router.Learner(
                                    topology.node(learner).region().name(), learner.name()))
                            .toList(),
                    java.util.Objects.requireNonNull(replicas.get(group.id().toString()))));
        }
        // Keyed with the cluster's name, which is no secret: a token of another cluster is told from ours.
        SipHash keyed = new SipHash(
                SipHash.seeded(0).hash(Bytes.of(config.cluster())),
                SipHash.seeded(1).hash(Bytes.of(config.cluster())));
        return new Router(
                new Router.Settings(
                        config.node().name(),
                        config.region().name(),
                        config.timeouts().request().toMillis(),
                        config.timeouts().sessionPatience().toMillis(),
                        config.limits().keyBytes(),
                        config.limits().pipelineCommands(),
                        // A transaction is one command to the log, and to other nodes.
                        Math.min(config.limits().httpBodyBytes(), Limits.COMMAND_BYTES_MAX)),
                members,
                new CatalogCredentials(config.catalog()),
                forward,
                host,
                new SessionTokens(keyed::hash));
    }

    private Channel channel(PeerChannels peers, String to) {
        return channels.computeIfAbsent(
                to,
                node -> peers.open(node, ForwardClient.MESSAGE_BYTES_MAX)
                        .orElseThrow(() -> new IllegalStateException("no address of node " + node)));
    }

    private static PeerSecret peerSecret(NodeConfig config) {
        return config.peerSecret()
                .map(secret -> new PeerSecret(secret.sha256()))
                .orElse(PeerSecret.NONE);
    }

    private PeerServer startPeerServer(
            PeerIdentity self, Executor handlers, List<BindableService> services, TransportOptions options)
            throws IOException {
        HostPort peer = config.listen().peer();
        PeerServer server = opened(listening(
                "listen.peer",
                peer,
                address -> PeerServer.start(new PeerServer.Settings(
                        self,
                        address,
                        services,
                        handlers,
                        ForwardClient.MESSAGE_BYTES_MAX,
                        shared.peerThreads(),
                        options,
                        Optional.empty()))));
        if (peer.port() == 0) {
            shared.addresses().put(config.node().name(), peer.host(), server.port());
        }
        return server;
    }

    private RestLimits restLimits() {
        return new RestLimits(
                config.limits().requestBytes(),
                config.limits().replyBytes(),
                config.limits().httpBodyBytes(),
                config.limits().httpHeaderBytes(),
                config.limits().pipelineCommands(),
                config.limits().connections(),
                config.timeouts().httpHeader().toMillis(),
                config.timeouts().idleHttp().toMillis());
    }

    private static InetSocketAddress address(HostPort address) {
        return new InetSocketAddress(address.host(), address.port());
    }

    private static byte[] respBytes(List<io.meridian.engine.Reply> replies) {
        RespWriter writer = new RespWriter();
        for (io.meridian.engine.Reply reply : replies) {
            writer.write(reply, 2);
        }
        return Arrays.copyOf(writer.array(), writer.length());
    }

    private void health(String path, String query, Consumer<RestServer.Verdict> answer) {
        try {
            Map<String, List<String>> parameters = new QueryStringDecoder(query, false).parameters();
            var _ = health.answer(path, parameters)
                    .thenAccept(report -> answer.accept(new RestServer.Verdict(report.isGood(), report.text())));
        } catch (IllegalArgumentException malformed) {
            answer.accept(new RestServer.Verdict(false, "[-]request " + malformed.getMessage() + "\n"));
        }
    }

    /** Adds this node's checks: each replica lives until it fails, and is ready as {@link ReplicaReadiness} says. */
    public void checks(Health health) {
        String home = config.region().name() + "/";
        health.catchUpBy(new CatchUp(store.replicas(), timer)::within);
        for (io.meridian.store.Replica replica : store.replicas()) {
            health.aliveWhile("group " + replica.group(), replica::problem);
            health.readyWhile(
                    "group " + replica.group(),
                    new ReplicaReadiness(
                            replica.group().startsWith(home),
                            replica::isServing,
                            replica::problem,
                            () -> System.nanoTime() - startedNanos));
        }
    }

    public Store store() {
        return store;
    }

    public Router router() {
        return router;
    }

    public InetSocketAddress respAddress() {
        return resp.address();
    }

    public InetSocketAddress restAddress() {
        return rest.address();
    }

    /** Cuts all connections at once, of clients and to other nodes: what the loss of a machine looks like to the others. */
    public void cut() {
        isServing = false;
        for (AutoCloseable part : List.of(peerServer, transport, resp, rest)) {
            closeQuietly(part);
        }
        for (ManagedChannel channel : channels.values()) {
            channel.shutdownNow();
        }
    }

    /**
     * Takes no more from clients, answers what was taken as long as {@code timeouts.shutdown} allows, hands leadership over,
     * and closes what was opened, the last first.
     */
    @Override
    public void close() {
        if (isServing) {
            isServing = false;
            // Whatever happens there, the replicas are closed.
            closeQuietly(this::answerWhatWasTaken);
        }
        while (!parts.isEmpty()) {
            closeQuietly(parts.pop());
        }
        for (ManagedChannel channel : channels.values()) {
            channel.shutdownNow();
        }
    }

    private void answerWhatWasTaken() {
        resp.stopReading();
        rest.stopReading();
        try {
            if (!router.awaitSettled(config.timeouts().shutdown().toMillis())) {
                LOG.warn(
                        "stopping with requests unanswered after {}",
                        config.timeouts().shutdown());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        resp.endOutput();
        rest.endOutput();
    }

    private static void closeQuietly(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception failed) {
            if (failed instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOG.error("a part did not stop properly", failed);
        }
    }
}
