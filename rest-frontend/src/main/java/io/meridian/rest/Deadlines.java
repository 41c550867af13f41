// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose next request does not come in time, however slowly its bytes drip: first nothing at all, then its
 * header, then its body; and one that takes nothing of its answers. A client that has answers to take is not idle, and one that
 * is not read is not late.
 *
 * <p>It looks a few times per deadline instead of setting a timer for each request, so that it is late by up to a quarter.
 */
final class Deadlines extends ChannelDuplexHandler {
    /** A body of the largest size allowed arrives in this time at about 1 MB/s. */
    private static final long BODY_MILLIS_MAX = 60_000;

    /** A client that takes nothing of its answers for so long is gone. */
    private static final long UNTAKEN_MILLIS_MAX = 60_000;

    private static final int LOOKS = 4;

    private final long headerMillisMax;
    private final long headerNanosMax;
    private final long idleNanosMax;
    private final LongSupplier nanoTime;
    private State state = State.IDLE;
    private long sinceNanos;
    private @Nullable ScheduledFuture<?> looking;
    private @Nullable Streams streams;
    private boolean wasBusy;
    private long writtenBytes;
    private long takenBytes;
    private long takenSinceNanos;

    private enum State {
        /** Nothing has come of a next request. */
        IDLE,
        HEADER,
        BODY,
        /** A request is being answered. */
        BUSY
    }

    /** What a connection that carries streams knows of them. For its event loop. */
    interface Streams {
        /** How many are open. */
        int open();

        /** Bytes of answers that wait for the client, also those that are not written because it gives them no room. */
        long unsentBytes();

        /** Bytes of answers that were written, and of nothing else that the connection carries; it never falls. */
        long writtenBytes();
    }

    Deadlines(long headerMillisMax, long idleMillisMax, LongSupplier nanoTime) {
        this.headerMillisMax = headerMillisMax;
        this.headerNanosMax = TimeUnit.MILLISECONDS.toNanos(headerMillisMax);
        this.idleNanosMax = TimeUnit.MILLISECONDS.toNanos(idleMillisMax);
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
        this.takenSinceNanos = sinceNanos;
    }

    /** Those of one of its streams: it ends with its answer, which the connection has to see taken. */
    Deadlines ofStream() {
        return new Deadlines(headerMillisMax, Long.MAX_VALUE, nanoTime);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        long nanos = Math.max(1_000_000, Math.min(headerNanosMax, idleNanosMax) / LOOKS);
        looking = ctx.executor().scheduleWithFixedDelay(() -> look(ctx), nanos, nanos, TimeUnit.NANOSECONDS);
        ctx.fireChannelActive();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (looking != null) {
            looking.cancel(false);
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        if (state == State.IDLE && streams == null) {
            enter(State.HEADER);
        }
        ctx.fireChannelRead(bytes);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (message instanceof ByteBuf bytes) {
            writtenBytes += bytes.readableBytes();
        }
        var _ = ctx.write(message, promise);
    }

    /** The connection carries streams with deadlines of their own: it is idle while there is none. */
    void multiplexed(Streams carried) {
        streams = carried;
        enter(State.IDLE);
    }

    /** The header is there: from now on the body is waited for. */
    void headerCame() {
        enter(State.BODY);
    }

    /** The request is whole and being answered: the client is waited for no more. */
    void requestCame() {
        enter(State.BUSY);
    }

    /** Everything that came is answered. */
    void answered() {
        if (state == State.BUSY) {
            enter(State.IDLE);
        }
    }

    private void enter(State next) {
        state = next;
        sinceNanos = nanoTime.getAsLong();
    }

    private void look(ChannelHandlerContext ctx) {
        long now = nanoTime.getAsLong();
        boolean isOwed = isOwed(ctx, now);
        boolean isBusy = (streams != null && streams.open() > 0) || isOwed;
        // What was under way at the last look may have ended just now.
        if ((state == State.IDLE && (isBusy || wasBusy)) || !isRead(ctx.channel())) {
            sinceNanos = now;
        }
        wasBusy = isBusy;
        long most =
                switch (state) {
                    case IDLE -> idleNanosMax;
                    case HEADER -> headerNanosMax;
                    case BODY -> TimeUnit.MILLISECONDS.toNanos(BODY_MILLIS_MAX);
                    case BUSY -> Long.MAX_VALUE;
                };
        if (now - sinceNanos >= most || now - takenSinceNanos >= TimeUnit.MILLISECONDS.toNanos(UNTAKEN_MILLIS_MAX)) {
            var _ = ctx.close();
        }
    }

    /** Whether the client is listened to: on a stream it is while its connection is read. */
    private static boolean isRead(Channel channel) {
        return channel.config().isAutoRead()
                && (!(channel instanceof Http2StreamChannel)
                        || channel.parent().config().isAutoRead());
    }

    /** Whether the client has answers to take; sees whether it has taken some since this was asked before. */
    private boolean isOwed(ChannelHandlerContext ctx, long now) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long held = streams == null ? 0 : streams.unsentBytes();
        long written = streams == null ? writtenBytes : streams.writtenBytes();
        // What the system has of the answer at the front is still pending, and so is the buffer's own cost for each:
        // an answer that is added makes this a little smaller, never larger.
        long taken = written - pending + (buffer == null ? 0 : buffer.currentProgress());
        boolean isOwed = pending > 0 || held > 0;
        if (!isOwed || taken > takenBytes) {
            takenSinceNanos = now;
        }
        // Pings and settings make it smaller too, until they are taken, and that is no progress.
        takenBytes = streams == null ? taken : Math.max(taken, takenBytes);
        return isOwed;
    }
}
