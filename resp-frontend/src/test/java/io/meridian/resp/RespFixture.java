// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Args;
import io.meridian.router.testing.LoneNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A node that serves RESP on a free port, with one event loop, of the kind that a node has too: connections meet on it. */
final class RespFixture implements AutoCloseable {
    /** Patient: no test waits for a client that does not read to be disconnected. */
    static final RespLimits LIMITS = limits(60_000);

    private final LoneNode node;
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, Epoll.isAvailable() ? new LastingEpoll() : NioIoHandler.newFactory());
    private final RespServer server;

    RespFixture(LoneNode node, RespLimits limits) {
        this.node = node;
        try {
            server = new RespServer(
                    node.router(),
                    limits,
                    loops,
                    Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with another patience. */
    static RespLimits limits(long unreadMillis) {
        return new RespLimits(1 << 20, 32 << 20, 4 << 20, unreadMillis, 200, 100);
    }

    /** Nobody needs to authenticate. */
    static RespFixture open() {
        return new RespFixture(LoneNode.open(), LIMITS);
    }

    /** Everybody has to authenticate. */
    static RespFixture locked() {
        return new RespFixture(LoneNode.locked(), LIMITS);
    }

    RawClient connect() {
        return new RawClient(server.address());
    }

    /** Connects and authenticates. */
    RawClient login() {
        RawClient client = connect();
        client.command("AUTH", LoneNode.TOKEN);
        if (!client.readLine().equals("+OK")) {
            throw new AssertionError("AUTH is refused");
        }
        return client;
    }

    LoneNode node() {
        return node;
    }

    RespServer server() {
        return server;
    }

    /** How often a command was called. */
    long calls(String command) {
        return node.router()
                .calls(node.router()
                        .commands()
                        .require(Args.of(command, "k"))
                        .spec()
                        .id());
    }

    /** Each proves that the loop has read what was there before it. */
    static void roundTrips(RawClient client, int count) {
        for (int i = 0; i < count; i++) {
            client.lines("PING");
            if (!client.readLine().equals("+PONG")) {
                throw new AssertionError("PING is not answered");
            }
        }
    }

    /** Waits until it is so; fails after ten seconds. */
    static void eventually(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        server.close();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
        node.close();
    }
}
