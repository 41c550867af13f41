// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command;
import io.meridian.router.Lane;
import io.meridian.router.Router;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Listens for HTTP clients. */
public final class RestServer implements AutoCloseable {
    private static final int READ_BYTES_MAX = 32 * 1024;
    /** Clients above the limit that are told so at the same time; even more are not. */
    private static final int LEAVING_MAX = 100;

    private static final long FLUSH_MILLIS = 1_000;
    private static final long LOOK_NANOS = 5_000_000;
    private static final long LINGER_MILLIS = 500;

    private final Router router;
    private final RestLimits limits;
    private final RequestReader reader;
    private final Health health;
    private final RespBytes resp;
    private final LongSupplier nanoTime;
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder accepted = new LongAdder();
    private final AtomicInteger leaving = new AtomicInteger();
    // Which commands a connection may not send, by the id of their spec.
    private final boolean[] notOverRest;
    private final Map<EventLoop, JsonReplies> writers = new ConcurrentHashMap<>();
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Channel listening;
    // Read on the connections' loops: set before these are told.
    private volatile Stage stage = Stage.SERVING;

    private enum Stage {
        SERVING,
        /** Nothing more is read of a request. */
        STOPPED,
        /** No request that was read is begun. */
        ENDED
    }

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
        this(router, limits, System::nanoTime, health, resp, loops, channelType, address);
    }

    /**
     * The same with another clock.
     *
     * @param nanoTime tells how long clients take
     */
    RestServer(
            Router router,
            RestLimits limits,
            LongSupplier nanoTime,
            Health health,
            RespBytes resp,
            EventLoopGroup loops,
            Class<? extends ServerChannel> channelType,
            InetSocketAddress address)
            throws BindException {
        this.router = router;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.reader = new RequestReader(limits);
        this.health = health;
        this.resp = resp;
        this.notOverRest = new boolean[router.commands().commands().size()];
        for (Command command : router.commands().commands()) {
            notOverRest[command.spec().id()] = RestErrors.isConnectionOnly(command.spec());
        }
        var bound = new ServerBootstrap()
                .group(loops)
                .channel(channelType)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // With a request line or header of 32 KiB it makes 64 KiB, the most that is gathered of a stranger.
                .childOption(
                        ChannelOption.RECVBUF_ALLOCATOR, new AdaptiveRecvByteBufAllocator(64, 2048, READ_BYTES_MAX))
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(16 * 1024, 48 * 1024))
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
            turnAway(channel);
            return;
        }
        accepted.increment();
        // However it ends, even before it was active.
        var _ = channel.closeFuture().addListener(_ -> connections.decrementAndGet());
        open.add(channel);
        if (isStopped()) {
            var _ = channel.close();
            return;
        }
        Deadlines deadlines = new Deadlines(limits.headerMillisMax(), limits.idleMillisMax(), nanoTime);
        JsonReplies json = writers.computeIfAbsent(channel.eventLoop(), _ -> new JsonReplies());
        Lane lane = router.lane(channel.eventLoop());
        channel.pipeline()
                .addLast(deadlines)
                .addLast(new HttpVersionSwitch(
                        pipeline -> pipeline.addLast(new StrictRequestDecoder(limits.headerBytesMax()))
                                .addLast(new RestConnection(this, lane, deadlines, json, Http1Wire.INSTANCE)),
                        pipeline -> Http2Connection.begin(pipeline, this, lane, deadlines, json)));
    }

    private void turnAway(Channel channel) {
        if (leaving.incrementAndGet() > LEAVING_MAX) {
            leaving.decrementAndGet();
            var _ = channel.close();
            return;
        }
        var _ = channel.closeFuture().addListener(_ -> leaving.decrementAndGet());
        open.add(channel);
        channel.pipeline().addLast(new TurnedAway());
    }

    RestLimits limits() {
        return limits;
    }

    /** What a request is answered that is not executed, or whose replies cannot be written. */
    RestAnswer refusal(RestFormat format, HttpResponseStatus status, String line) {
        return format.resp2()
                ? RestAnswer.of(status, RestAnswer.OCTETS, resp.write(List.of(new Reply.Failure(line))))
                : RestAnswer.error(status, line);
    }

    /** Whether a command changes data where it is applied. */
    boolean isWrite(Args args) {
        return router.commands().find(args).orElse(null) instanceof Command.Write;
    }

    RequestReader reader() {
        return reader;
    }

    /** Whether a command is of a connection, which HTTP has none of, or has a path of its own. */
    boolean isNotOverRest(Args args) {
        Optional<Command> command = router.commands().find(args);
        return command.isPresent()
                ? notOverRest[command.get().spec().id()]
                : RestErrors.isConnectionOnly(args.textAt(0).toUpperCase(Locale.ROOT));
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

    /** Bytes written for clients that their systems have not taken yet, the most of any connection. */
    long unsentBytesMax() {
        long max = 0;
        for (Channel channel : open) {
            ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
            max = Math.max(max, buffer == null ? 0 : buffer.totalPendingWriteBytes());
        }
        return max;
    }

    /** Stops to accept; open connections go on. */
    public void stopAccepting() {
        listening.close().awaitUninterruptibly();
    }

    /** Stops to accept, and to take more from open connections; what was taken is still answered. */
    public void stopReading() {
        stopAccepting();
        enter(Stage.STOPPED, channel -> {
            // A client of HTTP/2 goes on to say how much of the answers it takes.
            if (!Http2Connection.goAway(channel)) {
                channel.config().setAutoRead(false);
            }
        });
    }

    /** Does something about each connection, on its own thread: nobody there undoes it, because the stage is known by then. */
    private void enter(Stage next, Consumer<Channel> action) {
        stage = next;
        onEach(action);
    }

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

    /** Whether no connection may begin to read again. */
    boolean isStopped() {
        return stage != Stage.SERVING;
    }

    /** Whether nothing may be begun, because its answer would not leave. */
    boolean isEnded() {
        return stage == Stage.ENDED;
    }

    /** Ends the output of all connections, and waits until clients have what was written, but not for long. */
    public void endOutput() {
        enter(Stage.ENDED, _ -> {});
        try {
            // What began after the caller saw all settled: a client that had not read has made room.
            var _ = router.awaitSettled(FLUSH_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        awaitSent();
        open.writeAndFlush(Unpooled.EMPTY_BUFFER).awaitUninterruptibly(FLUSH_MILLIS);
        // Closed with input unread, a socket is reset, and what is still on its way to the client is lost.
        open.forEach(channel -> {
            if (channel instanceof DuplexChannel duplex) {
                var _ = duplex.shutdownOutput();
            }
        });
        open.newCloseFuture().awaitUninterruptibly(LINGER_MILLIS);
    }

    /** Over HTTP/2 answers leave as their clients give them room: waits until all have, but not for long. */
    private void awaitSent() {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
        LongAdder unsent = new LongAdder();
        while (true) {
            unsent.reset();
            onEach(channel -> unsent.add(Http2Connection.unsentBytes(channel)));
            if (unsent.sum() == 0 || System.nanoTime() - deadline >= 0) {
                return;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Stops to accept and closes all connections. */
    @Override
    public void close() {
        stopAccepting();
        open.close().awaitUninterruptibly();
    }
}
