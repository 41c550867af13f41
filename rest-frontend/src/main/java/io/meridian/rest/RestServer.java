// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Reply;
import io.meridian.router.Router;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Listens for HTTP clients. */
public final class RestServer implements AutoCloseable {
    private final Router router;
    private final RestLimits limits;
    private final RequestReader reader;
    private final Health health;
    private final RespBytes resp;
    private final AtomicInteger connections = new AtomicInteger();
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listening;

    /** Answers /livez and /readyz; on any thread, once, at once or later. */
    public interface Health {
        void check(String path, String query, Consumer<Verdict> answer);
    }

    /** A line a check, and whether all are well. */
    public record Verdict(boolean isWell, String text) {}

    /** Replies as RESP2 bytes, one after the other, for clients that ask for that format. */
    public interface RespBytes {
        byte[] write(List<Reply> replies);
    }

    /**
     * Binds and begins to accept.
     *
     * @param loops whose loops carry the connections, and stay the caller's to shut down
     * @param address port 0 takes a free one
     * @throws BindException when the port is in use
     */
    public RestServer(
            Router router,
            RestLimits limits,
            Health health,
            RespBytes resp,
            EventLoopGroup loops,
            Class<? extends ServerChannel> channelType,
            InetSocketAddress address)
            throws BindException {
        this.router = router;
        this.limits = limits;
        this.reader = new RequestReader(limits);
        this.health = health;
        this.resp = resp;
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accept(channel);
                    }
                })
                .bind(address)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            BindException failure = new BindException(
                    "REST cannot listen on " + address + ": " + bound.cause().getMessage());
            failure.initCause(bound.cause());
            throw failure;
        }
        this.listening = bound.channel();
    }

    private void accept(Channel channel) {
        if (connections.incrementAndGet() > limits.connectionsMax()) {
            connections.decrementAndGet();
            var _ = channel.close();
            return;
        }
        open.add(channel);
        HeaderDeadline deadline = new HeaderDeadline(limits.headerMillisMax());
        channel.pipeline()
                .addLast(new IdleStateHandler(0, 0, limits.idleMillisMax(), TimeUnit.MILLISECONDS))
                .addLast(deadline)
                .addLast(new StrictRequestDecoder(limits.headerBytesMax()))
                .addLast(new HttpResponseEncoder())
                .addLast(new RestConnection(limits, reader, this, router.lane(channel.eventLoop()), deadline));
    }

    Router router() {
        return router;
    }

    Health health() {
        return health;
    }

    RespBytes resp() {
        return resp;
    }

    void closed() {
        connections.decrementAndGet();
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) listening.localAddress();
    }

    /** How many clients are connected. */
    public int connections() {
        return connections.get();
    }

    /** Stops to accept; open connections go on. */
    public void stopAccepting() {
        listening.close().awaitUninterruptibly();
    }

    /** Stops to accept and closes all connections. */
    @Override
    public void close() {
        stopAccepting();
        open.close().awaitUninterruptibly();
    }
}
