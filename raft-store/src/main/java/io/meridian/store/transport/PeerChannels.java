// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.grpc.ManagedChannel;
import io.grpc.netty.NegotiationType;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Makes gRPC channels from one node to its peers: address book, TLS, keepalive and link delay in one place.
 *
 * <p>Raft's lanes are such channels, and so are those that forward requests: a delay set for a pair of nodes holds for both.
 */
public final class PeerChannels {
    /** Bytes on their way in one stream: 8 MiB keep a link of 150 ms busy at 50 MiB/s. */
    static final int FLOW_CONTROL_WINDOW_BYTES = 8 << 20;

    private static final int CONNECT_TIMEOUT_MILLIS = 3_000;

    private final PeerIdentity self;
    private final PeerAddresses addresses;
    private final TransportThreads threads;
    private final TransportOptions options;
    private final LinkDelay delay;
    private final Optional<PeerTls> tls;

    public PeerChannels(
            PeerIdentity self,
            PeerAddresses addresses,
            TransportThreads threads,
            TransportOptions options,
            LinkDelay delay,
            Optional<PeerTls> tls) {
        this.self = self;
        this.addresses = addresses;
        this.threads = threads;
        this.options = options;
        this.delay = delay;
        this.tls = tls;
    }

    /**
     * A channel to where the peer is now; empty if its address is not known. The caller shuts it down.
     *
     * <p>Its callbacks run on the event loop and must not block. It does not follow a later change of the address.
     *
     * @param inboundMessageBytesMax a longer message from the peer fails its call
     */
    public Optional<ManagedChannel> open(String peer, int inboundMessageBytesMax) {
        return addresses.find(peer).map(address -> open(peer, address, inboundMessageBytesMax));
    }

    private ManagedChannel open(String peer, PeerAddresses.HostPort address, int inboundMessageBytesMax) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address.host(), address.port())
                .eventLoopGroup(threads.eventLoops())
                .channelFactory(() -> socket(peer))
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .withOption(ChannelOption.TCP_NODELAY, true)
                .directExecutor()
                .disableRetry()
                .intercept(PeerGuard.introducing(self, peer))
                .proxyDetector(_ -> null) // nodes reach each other directly, whatever the environment says of proxies
                .keepAliveTime(options.keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(options.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
                .maxInboundMessageSize(inboundMessageBytesMax);
        tls.ifPresentOrElse(
                context -> builder.sslContext(context.client().get()),
                () -> builder.negotiationType(NegotiationType.PLAINTEXT));
        return builder.build();
    }

    private NioSocketChannel socket(String peer) {
        NioSocketChannel socket = new NioSocketChannel();
        if (!delay.equals(LinkDelay.NONE)) {
            socket.pipeline()
                    .addFirst(new LinkDelayHandler(
                            () -> delay.nanos(self.node(), peer), () -> delay.nanos(peer, self.node())));
        }
        return socket;
    }
}
