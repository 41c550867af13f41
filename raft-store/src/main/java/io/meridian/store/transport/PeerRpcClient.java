// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.ReplicatorGroup;
import com.alipay.sofa.jraft.core.Replicator;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.option.RpcOptions;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.alipay.sofa.jraft.rpc.InvokeContext;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.ThreadId;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One replica's way to its peers; all replicas of a node share the node's links. */
final class PeerRpcClient implements RpcClient {
    private final List<ReplicatorGroup> replicatorGroups = new CopyOnWriteArrayList<>();
    private volatile @Nullable PeerTransport transport;

    /** Binds to the node that the options were made for; others are refused. */
    @Override
    public boolean init(RpcOptions options) {
        if (!(options instanceof TransportNodeOptions bound)) {
            throw new IllegalArgumentException("a replica's NodeOptions must come from PeerTransport.nodeOptions()");
        }
        transport = bound.transport();
        bound.transport().register(this);
        bound.client(this);
        return true;
    }

    @Override
    public void shutdown() {
        PeerTransport bound = transport;
        if (bound != null) {
            transport = null;
            bound.unregister(this);
        }
    }

    @Override
    public boolean checkConnection(Endpoint endpoint) {
        PeerTransport bound = transport;
        return bound != null && bound.isConnected(endpoint.getIp());
    }

    /** Connecting goes on behind; JRaft tries again, and is told when the peer is there. */
    @Override
    public boolean checkConnection(Endpoint endpoint, boolean createIfAbsent) {
        PeerTransport bound = transport;
        if (bound == null) {
            return false;
        }
        if (createIfAbsent) {
            bound.connect(endpoint.getIp());
        }
        return bound.isConnected(endpoint.getIp());
    }

    @Override
    public void closeConnection(Endpoint endpoint) {
        PeerTransport bound = transport;
        if (bound != null) {
            bound.reconnect(endpoint.getIp(), "a replica asked for it");
        }
    }

    @Override
    public void registerConnectEventListener(ReplicatorGroup replicatorGroup) {
        replicatorGroups.add(replicatorGroup);
    }

    /** Lets JRaft replicate to a peer that has (again) been connected; takes the replica's lock. */
    void connected(PeerId peer) {
        replicatorGroups.forEach(group -> group.checkReplicator(peer, true));
    }

    /** The highest index that the replica on the peer has acknowledged; 0 while it is not replicated to from here. */
    long acknowledgedIndex(PeerId peer) {
        for (ReplicatorGroup group : replicatorGroups) {
            ThreadId replicator = group.getReplicator(peer);
            if (replicator != null) {
                return Math.max(0, Replicator.getNextIndex(replicator) - 1);
            }
        }
        return 0;
    }

    /** Only JRaft's ping calls this, with the replica's lock held: it fails at once where the peer is not connected. */
    @Override
    public Object invokeSync(Endpoint endpoint, Object request, @Nullable InvokeContext context, long timeoutMillis)
            throws InterruptedException, RemotingException {
        CompletableFuture<Object> reply = new CompletableFuture<>();
        InvokeCallback callback = (result, error) -> {
            if (error == null) {
                reply.complete(result);
            } else {
                reply.completeExceptionally(error);
            }
        };
        invokeAsync(endpoint, request, context, callback, timeoutMillis);
        try {
            return reply.get(2 * timeoutMillis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RemotingException reason ? reason : new RemotingException(e.getCause());
        } catch (TimeoutException e) {
            throw new RemotingException(e);
        }
    }

    @Override
    public void invokeAsync(
            Endpoint endpoint,
            Object request,
            @Nullable InvokeContext context,
            InvokeCallback callback,
            long timeoutMillis)
            throws RemotingException {
        PeerTransport bound = transport;
        if (bound == null) {
            throw new RemotingException("the replica is shut down");
        }
        bound.call(endpoint.getIp(), (Message) request, callback, timeoutMillis);
    }
}
