// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Closes a connection whose request does not arrive in time, however slowly its bytes drip: first its header, then its body. */
final class HeaderDeadline extends ChannelInboundHandlerAdapter {
    /** A body of the largest size allowed arrives in this time at about 1 MB/s. */
    private static final long BODY_MILLIS_MAX = 60_000;

    private final long headerMillisMax;
    private @Nullable ScheduledFuture<?> deadline;
    private @Nullable ChannelHandlerContext context;

    HeaderDeadline(long headerMillisMax) {
        this.headerMillisMax = headerMillisMax;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object bytes) {
        if (deadline == null) {
            closeAfter(headerMillisMax);
        }
        ctx.fireChannelRead(bytes);
    }

    /** The header is there: from now on the body is waited for. */
    void headerCame() {
        cancel();
        closeAfter(BODY_MILLIS_MAX);
    }

    /** The request is whole: nothing is waited for until the next byte. */
    void requestCame() {
        cancel();
    }

    private void closeAfter(long millis) {
        ChannelHandlerContext of = context;
        if (of != null) {
            deadline = of.executor()
                    .schedule(
                            () -> {
                                var _ = of.close();
                            },
                            millis,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void cancel() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancel();
        ctx.fireChannelInactive();
    }
}
