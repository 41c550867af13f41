// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection whose next request does not come in time, however slowly its bytes drip: first nothing at all, then its
 * header, then its body; and one that does not read its answer.
 *
 * <p>It looks a few times per deadline instead of setting a timer for each request, so that it is late by up to a quarter.
 */
final class Deadlines extends ChannelInboundHandlerAdapter {
    /** A body of the largest size allowed arrives in this time at about 1 MB/s. */
    private static final long BODY_MILLIS_MAX = 60_000;

    /** A client that takes nothing of its answer for so long is gone. */
    private static final long UNREAD_MILLIS_MAX = 60_000;

    private static final int LOOKS = 4;

    private final long headerNanosMax;
    private final long idleNanosMax;
    private State state = State.IDLE;
    private long sinceNanos = System.nanoTime();
    private @Nullable ScheduledFuture<?> looking;
    private @Nullable IntSupplier streams;
    private long unreadBytes;
    private long unreadSinceNanos = System.nanoTime();

    private enum State {
        /** Nothing has come of a next request. */
        IDLE,
        HEADER,
        BODY,
        /** A request is being answered. */
        BUSY
    }

    Deadlines(long headerMillisMax, long idleMillisMax) {
        this.headerNanosMax = TimeUnit.MILLISECONDS.toNanos(headerMillisMax);
        this.idleNanosMax = TimeUnit.MILLISECONDS.toNanos(idleMillisMax);
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

    /** The connection carries streams with deadlines of their own: it is idle while there is none. */
    void multiplexed(IntSupplier openStreams) {
        streams = openStreams;
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
        sinceNanos = System.nanoTime();
    }

    private void look(ChannelHandlerContext ctx) {
        if (streams != null && streams.getAsInt() > 0) {
            enter(State.IDLE);
        }
        long most =
                switch (state) {
                    case IDLE -> idleNanosMax;
                    case HEADER -> headerNanosMax;
                    case BODY -> TimeUnit.MILLISECONDS.toNanos(BODY_MILLIS_MAX);
                    case BUSY -> Long.MAX_VALUE;
                };
        if (System.nanoTime() - sinceNanos >= most || isUnread(ctx)) {
            var _ = ctx.close();
        }
    }

    private boolean isUnread(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
        long bytes = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        long now = System.nanoTime();
        if (bytes == 0 || bytes != unreadBytes) {
            unreadBytes = bytes;
            unreadSinceNanos = now;
        }
        return now - unreadSinceNanos >= TimeUnit.MILLISECONDS.toNanos(UNREAD_MILLIS_MAX);
    }
}
