// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.netty.NettyServerBuilder;
import io.meridian.proto.RaftPeerGrpc;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node's peer port: one gRPC server for Raft and whatever else nodes say to each other. */
public final class PeerServer implements AutoCloseable {
    private static final int STOP_SECONDS = 5;

    /** Each lane, each kind of question and forwarding has one call; more than twice as many is nobody we know. */
    private static final int CALLS_PER_CONNECTION_MAX = 16;

    private static final int HEADER_BYTES_MAX = 8 * 1024;
    private static final long IDLE_SECONDS_MAX = 60;

    private final Server server;
    private final PeerGuard guard;
    private final int port;

    private PeerServer(Server server, PeerGuard guard) {
        this.server = server;
        this.guard = guard;
        this.port = server.getPort();
    }

    /**
     * What a server is made of.
     *
     * @param self who this node is: calls whose hello does not fit it are refused
     * @param bind port 0 takes a free one
     * @param services Raft's, from {@link PeerTransport#service}, and others
     * @param handlers runs the services other than Raft's, whose calls stay on the event loop
     * @param inboundMessageBytesMax a longer message ends its call; at least a Raft frame's
     */
    public record Settings(
            PeerIdentity self,
            InetSocketAddress bind,
            List<BindableService> services,
            Executor handlers,
            int inboundMessageBytesMax,
            TransportThreads threads,
            TransportOptions options,
            Optional<PeerTls> tls) {}

    /** Binds and serves; fails if the port is in use. */
    public static PeerServer start(Settings settings) throws IOException {
        PeerGuard guard = new PeerGuard(settings.self());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(settings.bind())
                .bossEventLoopGroup(settings.threads().eventLoops())
                .workerEventLoopGroup(settings.threads().eventLoops())
                .channelType(NioServerSocketChannel.class)
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .intercept(guard)
                .executor(Runnable::run)
                .callExecutor(new Executors(guard, settings.handlers()))
                .handshakeTimeout(settings.options().handshake().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionIdle(IDLE_SECONDS_MAX, TimeUnit.SECONDS)
                .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION_MAX)
                .maxInboundMetadataSize(HEADER_BYTES_MAX)
                .flowControlWindow(PeerChannels.FLOW_CONTROL_WINDOW_BYTES)
                .maxInboundMessageSize(Math.max(Frames.FRAME_BYTES_MAX, settings.inboundMessageBytesMax()))
                .keepAliveTime(settings.options().keepAlive().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(settings.options().keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .permitKeepAliveTime(settings.options().keepAlive().toMillis() / 2, TimeUnit.MILLISECONDS)
                .permitKeepAliveWithoutCalls(true);
        settings.tls().ifPresent(context -> builder.sslContext(context.server().get()));
        settings.services().forEach(builder::addService);
        return new PeerServer(builder.build().start(), guard);
    }

    /** The bound port, also after the server has stopped. */
    public int port() {
        return port;
    }

    /** How many calls were refused because their hello did not fit. */
    public long refusals() {
        return guard.refusals();
    }

    /** Ends all connections; returns when the port is free, or after a few seconds. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where calls run; one that will be refused stays on the event loop, so that it is refused before more is read. */
    private record Executors(PeerGuard guard, Executor handlers) implements ServerCallExecutorSupplier {
        @Override
        public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
            boolean isRaft =
                    RaftPeerGrpc.SERVICE_NAME.equals(call.getMethodDescriptor().getServiceName());
            return isRaft || guard.problemWith(metadata).isPresent() ? null : handlers;
        }
    }
}
