// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.option.NodeOptions;

/**
 * JRaft's options for a replica of one node.
 *
 * <p>JRaft has one transport factory for the whole process and makes its clients without saying for which node; but it
 * hands them these options, which do.
 */
public final class TransportNodeOptions extends NodeOptions {
    private final PeerTransport transport;

    TransportNodeOptions(PeerTransport transport) {
        this.transport = transport;
    }

    PeerTransport transport() {
        return transport;
    }
}
