// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Reply;
import io.meridian.resp.LastingEpoll;
import io.meridian.router.testing.LoneNode;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A node that serves REST on a free port, with one event loop, of the kind that a node has too. */
final class RestFixture implements AutoCloseable {
    static final int REQUEST_MAX = 100_000;
    static final int REPLY_MAX = 200_000;
    static final int BODY_MAX = 1_000_000;
    static final int HEADER_MAX = 4096;
    static final int COMMANDS_MAX = 50;
    static final String LATE_VERDICT = "[+]late\n".repeat(500);
    /** A value that no memory is left for when it is asked for in RESP. */
    static final String TOO_MUCH = "too much";

    private final LoneNode node = LoneNode.locked();
    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, Epoll.isAvailable() ? new LastingEpoll() : NioIoHandler.newFactory());
    private final AtomicInteger respAnswers = new AtomicInteger();
    private final ConcurrentLinkedQueue<Runnable> lateVerdicts = new ConcurrentLinkedQueue<>();
    private final RestServer server;

    RestFixture(RestLimits limits) {
        this(limits, System::nanoTime);
    }

    /** With a clock by which clients are late, or idle. */
    RestFixture(RestLimits limits, LongSupplier nanoTime) {
        try {
            server = new RestServer(
                    node.router(),
                    limits,
                    nanoTime,
                    this::health,
                    replies -> {
                        respAnswers.incrementAndGet();
                        return resp(replies);
                    },
                    loops,
                    Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (BindException e) {
            throw new AssertionError(e);
        }
    }

    /** Patient: no test waits for its deadlines. */
    static RestFixture start() {
        return new RestFixture(limits(60_000, 60_000));
    }

    /** Its clients are late, or idle, by a clock that only the test turns. */
    static RestFixture timed(RestLimits limits, AtomicLong millis) {
        return new RestFixture(limits, () -> TimeUnit.MILLISECONDS.toNanos(millis.get()));
    }

    private void health(String path, String query, Consumer<RestServer.Verdict> answer) {
        if (query.startsWith("late")) {
            lateVerdicts.add(() -> answer.accept(new RestServer.Verdict(true, LATE_VERDICT)));
        } else {
            answer.accept(new RestServer.Verdict(!query.startsWith("sync"), "[+]" + path + " " + query + "\n"));
        }
    }

    /** How many ask about health with {@code ?late} and have no answer. */
    int lateVerdicts() {
        return lateVerdicts.size();
    }

    /** Answers them, not on the server's thread. */
    void giveLateVerdicts() {
        for (Runnable late = lateVerdicts.poll(); late != null; late = lateVerdicts.poll()) {
            late.run();
        }
    }

    static RestLimits limits(long headerMillis, long idleMillis) {
        return new RestLimits(REQUEST_MAX, REPLY_MAX, BODY_MAX, HEADER_MAX, COMMANDS_MAX, 10, headerMillis, idleMillis);
    }

    HttpPeer connect() {
        return new HttpPeer(server.address());
    }

    LoneNode node() {
        return node;
    }

    RestServer server() {
        return server;
    }

    /** How often a command was called. */
    long calls(String command) {
        return node.router()
                .calls(node.router()
                        .commands()
                        .named(command)
                        .orElseThrow()
                        .spec()
                        .id());
    }

    /** How many answers were made of replies, of those that are asked for in RESP. */
    int respAnswers() {
        return respAnswers.get();
    }

    /** Runs a part of a test beside it, until {@link #ended}. */
    static CompletableFuture<Void> beside(Runnable part) {
        return CompletableFuture.runAsync(part, Thread::startVirtualThread);
    }

    /** Waits until the part has ended, and fails as it has failed. */
    static void ended(CompletableFuture<Void> part) {
        part.orTimeout(20, TimeUnit.SECONDS).join();
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

    /** As much of RESP as these tests ask for: the RESP frontend has the rest. */
    private static byte[] resp(List<Reply> replies) {
        StringBuilder bytes = new StringBuilder();
        for (Reply reply : replies) {
            bytes.append(
                    switch (reply) {
                        case Reply.Status status -> "+" + status.text() + "\r\n";
                        case Reply.Failure failure -> "-" + failure.line() + "\r\n";
                        case Reply.Int number -> ":" + number.value() + "\r\n";
                        case Reply.Bulk bulk
                        when bulk.bytes().toString().equals(TOO_MUCH) ->
                            throw new OutOfMemoryError("as with a reply that is too long");
                        case Reply.Bulk bulk ->
                            "$" + bulk.bytes().length() + "\r\n"
                                    + new String(bulk.bytes().toArray(), StandardCharsets.ISO_8859_1) + "\r\n";
                        default -> throw new IllegalArgumentException("not asked for: " + reply);
                    });
        }
        return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
