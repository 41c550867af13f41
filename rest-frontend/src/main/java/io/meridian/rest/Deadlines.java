// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose next request does not come in time, however slowly its bytes drip: first nothing at all, then its
 * header, then its body; and one that takes nothing of its answers. While a client takes of them, or is not read, it is not late.
 *
 * <p>It looks a few times per deadline instead of setting a timer for each request, so that it is late by up to a quarter.
 */
final class Deadlines extends ChannelDuplexHandler {
    /** A body of the largest size allowed arrives in this time at about 1 MB/s. */
    private static final long BODY_MILLIS_MAX = 60_000;

    /** A client that takes nothing of its answers for so long is gone. */
    private static final long UNTAKEN_MILLIS_MAX = 60_000;

    private static final int LOOKS = 4;

    private final long headerNanosMax;
    private final long idleNanosMax;
    private final LongSupplier nanoTime;
    private State state = State.IDLE;
    private long sinceNanos;
    private @Nullable ScheduledFuture<?> looking;
    private IntSupplier openStreams = () -> 0;
    private LongSupplier heldBytes = () -> 0;
    private boolean isMultiplexed;
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

    Deadlines(long headerMillisMax, long idleMillisMax) {
        this(headerMillisMax, idleMillisMax, System::nanoTime);
    }

    Deadlines(long headerMillisMax, long idleMillisMax, LongSupplier nanoTime) {
        this.headerNanosMax = TimeUnit.MILLISECONDS.toNanos(headerMillisMax);
        this.idleNanosMax = TimeUnit.MILLISECONDS.toNanos(idleMillisMax);
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
        this.takenSinceNanos = sinceNanos;
    }

    /** Those of one stream: it ends with its answer, which its connection has to see taken. */
    static Deadlines ofStream(long headerMillisMax) {
        return new Deadlines(headerMillisMax, Long.MAX_VALUE);
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
        if (state == State.IDLE && !isMultiplexed) {
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

    /**
     * The connection carries streams with deadlines of their own: it is idle while there is none.
     *
     * @param heldBytes of answers that the client has not taken; also those that were not written, because it gives them no room
     */
    void multiplexed(IntSupplier openStreams, LongSupplier heldBytes) {
        this.openStreams = openStreams;
        this.heldBytes = heldBytes;
        isMultiplexed = true;
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
        boolean isBusy = openStreams.getAsInt() > 0 || isOwed;
        // What was under way at the last look may have ended just now.
        if ((state == State.IDLE && (isBusy || wasBusy))
                || !ctx.channel().config().isAutoRead()) {
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

    /** Whether the client has answers to take; sees whether it has taken some since this was asked before. */
    private boolean isOwed(ChannelHandlerContext ctx, long now) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        long pending = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        // What the system has of the answer at the front still counts as pending. So does the buffer's own cost for
        // each answer:
        // one that is added makes this a little smaller, never larger.
        long taken = writtenBytes - pending + (buffer == null ? 0 : buffer.currentProgress());
        boolean isOwed = pending > 0 || heldBytes.getAsLong() > 0;
        if (!isOwed || taken > takenBytes) {
            takenSinceNanos = now;
        }
        takenBytes = taken;
        return isOwed;
    }
}
