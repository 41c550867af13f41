// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.option.NodeOptions;
import org.jspecify.annotations.Nullable;

/**
 * JRaft's options for a replica of one node.
 *
 * <p>JRaft has one transport factory for the whole process and makes its clients without saying for which node; but it
 * hands them these options, which do.
 */
public final class TransportNodeOptions extends NodeOptions {
    private final PeerTransport transport;
    private volatile @Nullable PeerRpcClient client;

    TransportNodeOptions(PeerTransport transport) {
        this.transport = transport;
    }

    PeerTransport transport() {
        return transport;
    }

    void client(PeerRpcClient made) {
        client = made;
    }

    /**
     * The highest index that the replica on another node has acknowledged to this one as its leader; 0 where this one does not
     * lead, or not know. Takes a lock of JRaft's: not for each request.
     */
    public long acknowledgedIndex(String node) {
        PeerRpcClient made = client;
        return made == null ? 0 : made.acknowledgedIndex(PeerTransport.peerId(node));
    }
}
