// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.rpc.Connection;
import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcContext;
import com.alipay.sofa.jraft.rpc.RpcProcessor;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequestHeader;
import com.alipay.sofa.jraft.rpc.RpcRequests.ErrorResponse;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.rpc.impl.ConnectionClosedEventListener;
import com.alipay.sofa.jraft.rpc.impl.PingRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.AppendEntriesRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.GetFileRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.InstallSnapshotRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.ReadIndexRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.RequestVoteRequestProcessor;
import com.alipay.sofa.jraft.rpc.impl.core.TimeoutNowRequestProcessor;
import com.google.protobuf.Message;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JRaft's view of a node's server: which code answers which request, on which thread.
 *
 * <p>JRaft's administrative requests have none: who may reach the port must not thereby change the membership.
 */
final class PeerRpcServer implements RpcServer {
    private static final Logger LOG = LoggerFactory.getLogger(PeerRpcServer.class);

    private final Map<String, RpcProcessor<Message>> byRequest = new ConcurrentHashMap<>();
    private final List<ConnectionClosedEventListener> closedListeners = new CopyOnWriteArrayList<>();
    private final AppendEntriesRequestProcessor appendEntries;
    private final Executor control;
    private volatile boolean isStarted = true;

    PeerRpcServer(TransportThreads threads) {
        control = threads.control();
        // Not told of closed streams, as JRaft has it elsewhere: it would then wait, holding the lock that appends of
        // other peers need, for a thread that may wait for the same lock; up to 15 s, on the thread that serves all
        // streams. What it keeps for a peer (a thread, and the next number of a reply) is as good for the peer's next
        // stream, and there are no more of these than replicas of other nodes.
        appendEntries = new AppendEntriesRequestProcessor(control);
        registerProcessor(appendEntries);
        registerProcessor(new RequestVoteRequestProcessor(control));
        registerProcessor(new PingRequestProcessor(control));
        registerProcessor(new TimeoutNowRequestProcessor(control));
        registerProcessor(new ReadIndexRequestProcessor(control));
        registerProcessor(new InstallSnapshotRequestProcessor(threads.installs()));
        registerProcessor(new GetFileRequestProcessor(threads.files()));
    }

    @Override
    public void registerConnectionClosedEventListener(ConnectionClosedEventListener listener) {
        closedListeners.add(listener);
    }

    // JRaft asks for a processor of unknown type; dispatch gives it only the request that it is registered for.
    @SuppressWarnings("unchecked")
    @Override
    public void registerProcessor(RpcProcessor<?> processor) {
        byRequest.put(processor.interest(), (RpcProcessor<Message>) processor);
    }

    /** Peers know a node by its name; the number is the constant of every {@link PeerTransport#endpoint}. */
    @Override
    public int boundPort() {
        return PeerTransport.LOGICAL_PORT;
    }

    @Override
    public boolean isStarted() {
        return isStarted;
    }

    @Override
    public boolean init(@Nullable Void nothing) {
        return isStarted;
    }

    @Override
    public void shutdown() {
        isStarted = false;
        appendEntries.destroy();
    }

    void closed(InboundStream stream) {
        closedListeners.forEach(listener -> listener.onClosed(stream.from(), stream));
    }

    /** Hands a request to its executor; called in the order in which requests came, and does not block. */
    void dispatch(InboundStream stream, FrameReader.Received request) {
        Message message = request.message();
        RpcProcessor<Message> processor = byRequest.get(message.getClass().getName());
        if (processor == null || !isStarted) {
            stream.reply(request.call(), error(RaftError.EPERM, "not answered here: " + request.kind()));
            return;
        }
        Executor executor = executorOf(processor, message);
        RpcContext context = new Call(stream, request.call());
        try {
            executor.execute(() -> processor.handleRequest(context, message));
        } catch (RejectedExecutionException e) {
            LOG.warn("No thread takes {} from {}", request.kind(), stream.from());
            stream.reply(request.call(), error(RaftError.EBUSY, "no thread takes the request"));
        }
    }

    private Executor executorOf(RpcProcessor<Message> processor, Message message) {
        Executor executor = null;
        RpcProcessor.ExecutorSelector selector = processor.executorSelector();
        if (selector != null && message instanceof AppendEntriesRequest entries) {
            executor = selector.select(
                    processor.interest(),
                    AppendEntriesRequestHeader.newBuilder()
                            .setGroupId(entries.getGroupId())
                            .setPeerId(entries.getPeerId())
                            .setServerId(entries.getServerId())
                            .build());
        } else {
            executor = processor.executor();
        }
        return executor == null
                ? control
                : executor; // JRaft's selector gives none while a closed stream is cleared away
    }

    private static ErrorResponse error(RaftError error, String text) {
        return (ErrorResponse) RaftRpcFactory.DEFAULT.newResponse(null, error, "%s", text);
    }

    private record Call(InboundStream stream, long call) implements RpcContext {
        @Override
        public void sendResponse(Object response) {
            stream.reply(call, (Message) response);
        }

        @Override
        public Connection getConnection() {
            return stream;
        }

        @Override
        public String getRemoteAddress() {
            return stream.from();
        }
    }
}
