// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.resp.LastingEpoll;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/** The threads that carry clients' connections; many nodes of one process may share them. */
public record EventLoops(EventLoopGroup group, Class<? extends ServerChannel> channelType) implements AutoCloseable {
    /** Epoll where the platform has it: it costs less a wake-up than the JDK's selector. */
    public static EventLoops start(int threads) {
        DefaultThreadFactory named = new DefaultThreadFactory("client", true);
        return Epoll.isAvailable()
                ? new EventLoops(
                        new MultiThreadIoEventLoopGroup(threads, named, new LastingEpoll()),
                        EpollServerSocketChannel.class)
                : new EventLoops(
                        new MultiThreadIoEventLoopGroup(threads, named, NioIoHandler.newFactory()),
                        NioServerSocketChannel.class);
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
