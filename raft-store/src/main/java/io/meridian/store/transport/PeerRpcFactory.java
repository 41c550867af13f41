// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.rpc.RaftRpcFactory;
import com.alipay.sofa.jraft.rpc.RpcClient;
import com.alipay.sofa.jraft.rpc.RpcServer;
import com.alipay.sofa.jraft.util.Endpoint;
import com.alipay.sofa.jraft.util.SPI;
import org.jspecify.annotations.Nullable;

/** Makes this transport the process's one JRaft transport; JRaft finds it as a service. */
@SPI(name = "meridian", priority = 10)
public final class PeerRpcFactory implements RaftRpcFactory {
    /** JRaft offers each of its messages here; {@code RaftMessages} has those that travel. */
    @Override
    public void registerProtobufSerializer(String className, Object... args) {}

    @Override
    public RpcClient createRpcClient(@Nullable ConfigHelper<RpcClient> helper) {
        PeerRpcClient client = new PeerRpcClient();
        if (helper != null) {
            helper.config(client);
        }
        return client;
    }

    /** A server belongs to a node, not to the process: {@link PeerTransport#rpcServer()} is it. */
    @Override
    public RpcServer createRpcServer(Endpoint endpoint, @Nullable ConfigHelper<RpcServer> helper) {
        throw new UnsupportedOperationException("a node's RpcServer comes from its PeerTransport");
    }
}
