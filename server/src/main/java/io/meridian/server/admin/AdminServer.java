// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.admin;

import io.meridian.router.topology.HostPort;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flow.FlowControlHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The HTTP server of the admin port: {@code /livez}, {@code /readyz}, {@code /metrics}.
 *
 * <p>It has one thread of its own, so that it answers while the frontends are busy; what may take longer than a
 * moment runs on virtual threads, a few at most.
 */
public final class AdminServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 64;
    /** Of several requests in one go, no more than these are taken at once: each costs many times its bytes. */
    private static final int READ_BYTES_MAX = 2_048;
    /** Longer than the usual pause between two scrapes. */
    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private final EventLoopGroup loop;
    private final Channel listener;
    private final ChannelGroup connections;

    private AdminServer(EventLoopGroup loop, Channel listener, ChannelGroup connections) {
        this.loop = loop;
        this.listener = listener;
        this.connections = connections;
    }

    /**
     * Listens, and answers from now on.
     *
     * @param metrics makes the text of all metrics, on a virtual thread
     * @throws IOException when the address cannot be listened on; the message names it
     */
    public static AdminServer start(HostPort address, Health health, Supplier<String> metrics) throws IOException {
        return start(address, health, metrics, PATIENCE);
    }

    /** @param patience how long a client may take for a request, and again for taking its answer */
    static AdminServer start(HostPort address, Health health, Supplier<String> metrics, Duration patience)
            throws IOException {
        EventLoopGroup loop =
                new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("admin", true), NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        AdminEndpoints endpoints = new AdminEndpoints(health, metrics);
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES_MAX))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        if (connections.size() >= CONNECTIONS_MAX) {
                            var _ = channel.close();
                            return;
                        }
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                // Requests that came in one piece wait here while one is being answered.
                                .addLast(new FlowControlHandler())
                                .addLast(new AdminConnection(endpoints, patience));
                    }
                });
        ChannelFuture bound = bootstrap
                .bind(new InetSocketAddress(address.host(), address.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            var _ = loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new IOException(
                    "cannot listen on " + address + ": " + bound.cause().getMessage(), bound.cause());
        }
        return new AdminServer(loop, bound.channel(), connections);
    }

    /** Where it listens, with the port that was found when any was asked for. */
    public HostPort address() {
        InetSocketAddress local = (InetSocketAddress) listener.localAddress();
        return new HostPort(local.getHostString(), local.getPort());
    }

    /** How many clients are connected. */
    int connections() {
        return connections.size();
    }

    /** Stops at once; a reply that is on its way may be lost. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
