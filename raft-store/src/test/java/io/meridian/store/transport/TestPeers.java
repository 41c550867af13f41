// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/** A node's transport with its server, without Raft. */
record TestPeers(PeerTransport transport, PeerServer server) implements AutoCloseable {
    static TestPeers start(String cluster, String node, PeerAddresses addresses, TransportThreads threads)
            throws IOException {
        PeerIdentity self = PeerIdentity.starting(cluster, node, 0, PeerSecret.NONE);
        TransportOptions options = TransportOptions.defaults();
        PeerChannels channels = new PeerChannels(self, addresses, threads, options, LinkDelay.NONE, Optional.empty());
        PeerTransport transport = PeerTransport.open(self, addresses, channels, threads, options);
        PeerServer server = PeerServer.start(new PeerServer.Settings(
                self,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                List.of(transport.service()),
                Runnable::run,
                0,
                threads,
                options,
                Optional.empty()));
        return new TestPeers(transport, server);
    }

    int port() {
        return server.port();
    }

    @Override
    public void close() {
        transport.close();
        server.close();
    }
}
