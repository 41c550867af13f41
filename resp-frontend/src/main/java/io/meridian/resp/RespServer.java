// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.router.Router;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Listens for Redis clients. */
public final class RespServer implements AutoCloseable {
    /** On a channel whose input is not read any more, because the node stops. */
    static final AttributeKey<Boolean> STOPPED = AttributeKey.valueOf(RespServer.class, "stopped");

    private static final byte[] TOO_MANY =
            "-ERR max number of clients reached\r\n".getBytes(StandardCharsets.ISO_8859_1);

    private static final long FLUSH_MILLIS = 1_000;
    private static final long ENDING_NANOS = 1_000_000;
    private static final long LINGER_MILLIS = 500;

    private final Router router;
    private final RespLimits limits;
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final Map<EventLoop, RespLoop> loops = new ConcurrentHashMap<>();
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listening;
    private volatile boolean stopped;

    /**
     * Binds and begins to accept.
     *
     * @param loops whose loops carry the connections, and stay the caller's to shut down
     * @param address port 0 takes a free one
     * @throws java.net.BindException when the port is in use
     */
    public RespServer(
            Router router,
            RespLimits limits,
            EventLoopGroup loops,
            Class<? extends ServerChannel> channelType,
            InetSocketAddress address)
            throws java.io.IOException {
        this.router = router;
        this.limits = limits;
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                // "printf … | nc" ends its side before it has the replies.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(256 * 1024, 1024 * 1024))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            java.net.BindException failure = new java.net.BindException(
                    "RESP cannot listen on " + address + ": " + bound.cause().getMessage());
            failure.initCause(bound.cause());
            throw failure;
        }
        this.listening = bound.channel();
    }

    private void accept(Channel channel) {
        if (connections.incrementAndGet() > limits.connectionsMax()) {
            connections.decrementAndGet();
            var _ = channel.writeAndFlush(Unpooled.wrappedBuffer(TOO_MANY)).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        accepted.increment();
        // However it ends, even before it was active.
        var _ = channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        open.add(channel);
        if (stopped) {
            var _ = channel.close();
            return;
        }
        RespLoop loop = loops.computeIfAbsent(channel.eventLoop(), _ -> new RespLoop());
        channel.pipeline().addLast(new RespConnection(limits, loop, router.lane(channel.eventLoop())));
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** How many clients are connected. */
    public int connections() {
        return connections.get();
    }

    /** How many clients have connected since the start, those that were turned away not counted. */
    public long accepted() {
        return accepted.sum();
    }

    /** Stops to accept; open connections go on. */
    public void stopAccepting() {
        listening.close().awaitUninterruptibly();
    }

    /** Stops to accept, and to take more from open connections; what was taken is still answered. */
    public void stopReading() {
        stopAccepting();
        stopped = true;
        // A connection that waits for room must not begin to read again after this.
        onEach(channel -> {
            channel.attr(STOPPED).set(true);
            channel.config().setAutoRead(false);
        });
    }

    /** Does something about each connection, on its own thread. */
    private void onEach(Consumer<Channel> action) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
        List<Future<?>> begun = new ArrayList<>();
        // Not by a stream: a group's claims to know its size, and fails when a client leaves meanwhile.
        for (Channel channel : open) {
            begun.add(channel.eventLoop().submit(() -> action.accept(channel)));
        }
        for (Future<?> done : begun) {
            done.awaitUninterruptibly(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Takes no command any more, ends the output of each connection behind its last reply, and waits until clients have that, but
     * not for long.
     */
    public void endOutput() {
        onEach(channel -> {
            RespConnection connection = channel.pipeline().get(RespConnection.class);
            if (connection != null) {
                connection.closeAfterReply();
            }
        });
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
        while (!allHaveEnded() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(ENDING_NANOS);
        }
        // Closed with input unread, a socket is reset, and what is still on its way to the client is lost.
        open.forEach(channel -> {
            if (channel instanceof DuplexChannel duplex) {
                var _ = duplex.shutdownOutput();
            }
        });
        open.newCloseFuture().awaitUninterruptibly(LINGER_MILLIS);
    }

    private boolean allHaveEnded() {
        for (Channel channel : open) {
            if (channel instanceof DuplexChannel duplex && !duplex.isOutputShutdown()) {
                return false;
            }
        }
        return true;
    }

    /** Stops to accept and closes all connections. */
    @Override
    public void close() {
        stopAccepting();
        open.close().awaitUninterruptibly();
    }
}
