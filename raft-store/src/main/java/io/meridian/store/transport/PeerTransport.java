// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.NodeManager;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftLane;
import io.meridian.proto.RaftMessageKind;
import io.meridian.proto.RaftPeerGrpc;
import io.meridian.proto.TermRequest;
import io.meridian.proto.TermResponse;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node's Raft transport: its links to all peers, and the service that answers theirs.
 *
 * <p>All replicas of the node share it. It connects to every node of the address book by itself and stays connected, so
 * that an election or a new leader never waits for a handshake. Many transports may live in one process.
 */
public final class PeerTransport implements AutoCloseable {
    /** The port in every {@link #endpoint}: nodes are known to Raft by name alone. */
    static final int LOGICAL_PORT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(PeerTransport.class);

    private static final Set<RaftLane> STANDING_LANES = Set.of(RaftLane.RAFT_LANE_CONTROL, RaftLane.RAFT_LANE_ENTRIES);

    private final PeerIdentity self;
    private final PeerAddresses addresses;
    private final TransportOptions options;
    private final TransportCounters counters = new TransportCounters();
    private final Executor control;
    private final PeerLink.Context linkContext;
    private final PeerRpcServer rpcServer;
    private final CommitPusher pusher;
    private final Map<String, Map<RaftLane, PeerLink>> links = new ConcurrentHashMap<>();
    private final Map<StreamKey, InboundStream> inbound = new ConcurrentHashMap<>();
    private final Map<String, LongSupplier> terms = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> told = new ConcurrentHashMap<>();
    private final Set<PeerRpcClient> clients = ConcurrentHashMap.newKeySet();
    private final Runnable stopListening;
    private volatile String lastRefusal = "";
    private volatile boolean isClosed;

    private record StreamKey(String from, RaftLane lane) {}

    private PeerTransport(
            PeerIdentity self,
            PeerAddresses addresses,
            PeerChannels channels,
            TransportThreads threads,
            TransportOptions options) {
        this.self = self;
        this.addresses = addresses;
        this.options = options;
        control = threads.control();
        linkContext = new PeerLink.Context(self, channels, options, counters, control);
        rpcServer = new PeerRpcServer(threads);
        pusher = new CommitPusher(this::tellEntries, counters);
        stopListening = addresses.onChange(this::addressChanged);
    }

    /** Opens the node's transport and begins to connect to the nodes of the address book; {@link #service} makes it reachable. */
    public static PeerTransport open(
            PeerIdentity self,
            PeerAddresses addresses,
            PeerChannels channels,
            TransportThreads threads,
            TransportOptions options) {
        PeerTransport transport = new PeerTransport(self, addresses, channels, threads, options);
        NodeManager.getInstance()
                .addAddress(endpoint(self.node())); // JRaft refuses nodes of addresses it does not know
        addresses.nodes().forEach(transport::connect);
        return transport;
    }

    /** A node's name as JRaft wants it. */
    public static Endpoint endpoint(String node) {
        return new Endpoint(node, LOGICAL_PORT);
    }

    /** A replica on a node, as JRaft wants it. */
    public static PeerId peerId(String node) {
        return new PeerId(endpoint(node), 0);
    }

    /** New options for one replica of this node: the only ones that its JRaft node may be started with. */
    public TransportNodeOptions nodeOptions() {
        return new TransportNodeOptions(this);
    }

    /** For JRaft's RaftGroupService, which is to share and not to start it. */
    public RpcServer rpcServer() {
        return rpcServer;
    }

    /** The gRPC service to add to the node's {@link PeerServer}. */
    public BindableService service() {
        ServerServiceDefinition definition = ServerServiceDefinition.builder(RaftPeerGrpc.SERVICE_NAME)
                .addMethod(
                        Frames.EXCHANGE,
                        ServerCalls.asyncBidiStreamingCall(replies -> new InboundStream(
                                self, inboundListener, options, counters, (ServerCallStreamObserver<RaftFrame>)
                                        replies)))
                .build();
        return () -> definition;
    }

    /**
     * Tells the group's replicas what is committed, now; call it when entries were committed and none follow at once.
     *
     * <p>Does nothing for a replica that already has or will get the index with its entries. Does not block.
     *
     * @param term the term in which this node, as the group's leader, learned of the commit
     * @return how many replicas were told
     */
    public int pushCommit(String group, long term, long committedIndex) {
        return pusher.push(group, term, committedIndex);
    }

    /**
     * Lets other nodes ask which term this node's replica of a group is in, until {@link #forgetGroup}.
     *
     * @param term at least that of each vote which the replica gave; asked on an event loop, so it must not block
     */
    public void answerTerm(String group, LongSupplier term) {
        terms.put(group, term);
    }

    /** Asks another node for the term of its replica; the answer comes once, on any thread, negative when there is none in time. */
    public void askTerm(String node, String group, long timeoutMillis, LongConsumer answer) {
        TermRequest request = TermRequest.newBuilder().setGroup(group).build();
        InvokeCallback callback = (reply, error) ->
                answer.accept(error == null && reply instanceof TermResponse response ? response.getTerm() : -1);
        try {
            call(node, request, callback, timeoutMillis);
        } catch (RemotingException notSent) {
            answer.accept(-1);
        }
    }

    /**
     * The highest index that this node, as the group's leader, has told any replica to be committed; 0 for none.
     *
     * <p>It may be above what is applied here: so before any other replica shows an entry, it is counted. What {@link #pushCommit}
     * tells is applied here already.
     */
    public long toldCommitted(String group) {
        AtomicLong highest = told.get(group);
        return highest == null ? 0 : highest.get();
    }

    /** Drops what is remembered of a group that has left this node. */
    public void forgetGroup(String group) {
        terms.remove(group);
        told.remove(group);
        pusher.forgetGroup(group);
    }

    /** Whether votes and heartbeats can be sent to the node now. */
    public boolean isConnected(String node) {
        return link(node, RaftLane.RAFT_LANE_CONTROL).isReady();
    }

    /** Whether entries, too, can be sent to the node now. */
    public boolean isReady(String node) {
        return isConnected(node) && link(node, RaftLane.RAFT_LANE_ENTRIES).isReady();
    }

    public PeerIdentity self() {
        return self;
    }

    public TransportSnapshot counters() {
        return counters.snapshot();
    }

    /** Ends all streams, ours and those of peers; the node's replicas are to be shut down before. */
    @Override
    public void close() {
        isClosed = true;
        stopListening.run();
        rpcServer.shutdown();
        links.values().forEach(lanes -> lanes.values().forEach(PeerLink::close));
        inbound.values().forEach(InboundStream::close);
        NodeManager.getInstance().removeAddress(endpoint(self.node()));
    }

    void register(PeerRpcClient client) {
        clients.add(client);
    }

    void unregister(PeerRpcClient client) {
        clients.remove(client);
    }

    /** Makes sure that the standing lanes are open or being opened. */
    void connect(String node) {
        if (!isClosed && !node.equals(self.node())) {
            STANDING_LANES.forEach(lane -> link(node, lane).connect());
        }
    }

    void reconnect(String node, String reason) {
        if (!isClosed && !node.equals(self.node())) {
            STANDING_LANES.forEach(lane -> link(node, lane).restart(reason));
        }
    }

    void call(String node, Message request, InvokeCallback callback, long timeoutMillis) throws RemotingException {
        if (isClosed) {
            throw new RemotingException("the transport is closed");
        }
        RaftMessageKind kind = RaftMessages.kindOf(request);
        RaftLane lane = RaftMessages.laneOf(kind, request);
        if (request instanceof AppendEntriesRequest entries) {
            noteTold(entries.getGroupId(), entries.getCommittedIndex());
        }
        link(node, lane).call(kind, request, callback, timeoutMillis);
        if (lane == RaftLane.RAFT_LANE_ENTRIES) {
            pusher.sent(node, (AppendEntriesRequest) request);
        }
    }

    private void noteTold(String group, long committed) {
        AtomicLong highest = told.get(group);
        if (highest == null) {
            highest = told.computeIfAbsent(group, _ -> new AtomicLong());
        }
        if (committed > highest.get()) {
            highest.accumulateAndGet(committed, Math::max);
        }
    }

    private boolean tellEntries(String node, AppendEntriesRequest request) {
        return link(node, RaftLane.RAFT_LANE_ENTRIES).tell(RaftMessageKind.APPEND_ENTRIES_REQUEST, request);
    }

    private PeerLink link(String node, RaftLane lane) {
        Map<RaftLane, PeerLink> lanes = links.get(node);
        if (lanes == null) {
            lanes = links.computeIfAbsent(node, this::newLinks);
        }
        PeerLink link = lanes.get(lane);
        if (link == null) {
            throw new IllegalArgumentException("no such lane: " + lane);
        }
        return link;
    }

    private Map<RaftLane, PeerLink> newLinks(String node) {
        Map<RaftLane, PeerLink> lanes = new EnumMap<>(RaftLane.class);
        for (RaftLane lane :
                new RaftLane[] {RaftLane.RAFT_LANE_CONTROL, RaftLane.RAFT_LANE_ENTRIES, RaftLane.RAFT_LANE_BULK}) {
            lanes.put(lane, new PeerLink(linkContext, node, lane, this::linkReady, this::linkBroken));
        }
        return lanes;
    }

    private void linkReady(PeerLink link) {
        if (!isReady(link.peer()) || link.lane() == RaftLane.RAFT_LANE_BULK) {
            return;
        }
        PeerId peer = peerId(link.peer());
        try {
            control.execute(() -> clients.forEach(client -> client.connected(peer)));
        } catch (RejectedExecutionException e) {
            // JRaft looks for missing replicators by itself, a little later.
            LOG.warn("{}: no thread to greet {}", self.node(), link.peer());
        }
    }

    private void linkBroken(PeerLink link) {
        if (link.lane() == RaftLane.RAFT_LANE_ENTRIES) {
            pusher.forget(link.peer());
        }
    }

    private void addressChanged(String node) {
        if (addresses.find(node).isPresent()) {
            reconnect(node, "its address has changed");
        } else {
            links.getOrDefault(node, Map.of()).values().forEach(link -> link.restart("it is no longer a peer"));
        }
    }

    private final InboundStream.Listener inboundListener = new InboundStream.Listener() {
        @Override
        public void opened(InboundStream stream) {
            InboundStream older = inbound.put(new StreamKey(stream.from(), stream.lane()), stream);
            if (older != null) {
                // Its requests must be over before the new one's begin: JRaft counts them per peer, not per stream.
                older.end(Status.ABORTED.withDescription("replaced by a newer stream"));
            }
            if (isClosed) {
                stream.close();
                return;
            }
            STANDING_LANES.forEach(lane -> link(stream.from(), lane).connectNow());
        }

        @Override
        public void requested(InboundStream stream, FrameReader.Received request) {
            if (request.message() instanceof TermRequest asked) {
                LongSupplier term = terms.get(asked.getGroup());
                stream.reply(
                        request.call(),
                        TermResponse.newBuilder()
                                .setTerm(term == null ? 0 : term.getAsLong())
                                .build());
            } else {
                rpcServer.dispatch(stream, request);
            }
        }

        @Override
        public void closed(InboundStream stream) {
            inbound.remove(new StreamKey(stream.from(), stream.lane()), stream);
            rpcServer.closed(stream);
        }

        @Override
        public void refused(String reason) {
            counters.hellosRefused.increment();
            // A refused peer comes again every few seconds: one line a reason is enough, and what it says is not
            // trusted.
            if (!reason.equals(lastRefusal)) {
                lastRefusal = reason;
                LOG.error("{}: refused a Raft stream: {}", self.node(), reason);
            }
        }
    };
}
