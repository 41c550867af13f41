// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Delays everything that one connection carries, both ways and in order.
 *
 * <p>It sits next to the socket, below TLS and HTTP/2, so handshakes and window updates are late too, as on a long cable.
 * A write is reported as done when it enters the cable: otherwise the sender's small write budget, not the cable, would
 * bound the throughput. What is on the cable is bounded by HTTP/2's windows.
 */
final class LinkDelayHandler extends ChannelDuplexHandler {
    private static final long LINGER_NANOS_MAX = 5_000_000_000L;

    private final Cable outbound;
    private final Cable inbound;

    LinkDelayHandler(LongSupplier outboundNanos, LongSupplier inboundNanos) {
        outbound = new Cable(outboundNanos);
        inbound = new Cable(inboundNanos);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        // That the connection broke meanwhile, its closing tells.
        outbound.carry(ctx, message, () -> {
            var _ = ctx.write(message);
        });
        promise.trySuccess();
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        outbound.carry(ctx, null, ctx::flush);
    }

    /** What was written before still arrives, unless the link is as good as cut: then nobody waits for it. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        if (outbound.backlogNanos() > LINGER_NANOS_MAX) {
            var _ = ctx.close(promise);
            return;
        }
        outbound.carry(ctx, null, () -> {
            var _ = ctx.close(promise);
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        inbound.carry(ctx, message, () -> ctx.fireChannelRead(message));
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inbound.carry(ctx, null, ctx::fireChannelReadComplete);
    }

    /** What is on the cable arrives now: Netty removes the handlers next, and gRPC would never hear of the end. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        inbound.deliverAll();
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        outbound.cut();
        inbound.cut();
    }

    private record Item(long dueNanos, @Nullable Object message, Runnable delivery) {}

    /** One direction; only its connection's event loop touches it. */
    private static final class Cable {
        private final LongSupplier delayNanos;
        private final Deque<Item> items = new ArrayDeque<>();
        private boolean isDelivering;
        private long lastDueNanos = System.nanoTime();

        Cable(LongSupplier delayNanos) {
            this.delayNanos = delayNanos;
        }

        void carry(ChannelHandlerContext ctx, @Nullable Object message, Runnable delivery) {
            long now = System.nanoTime();
            long due = now + delayNanos.getAsLong();
            if (due - lastDueNanos < 0) {
                due = lastDueNanos; // a shortened delay does not overtake
            }
            lastDueNanos = due;
            if (items.isEmpty() && !isDelivering && due - now <= 0) {
                delivery.run();
                return;
            }
            items.add(new Item(due, message, delivery));
            if (items.size() == 1 && !isDelivering) {
                deliverAt(ctx, due - now);
            }
        }

        private void deliverAt(ChannelHandlerContext ctx, long inNanos) {
            var _ = ctx.executor().schedule(() -> deliverDue(ctx), inNanos, TimeUnit.NANOSECONDS);
        }

        private void deliverDue(ChannelHandlerContext ctx) {
            while (true) {
                Item first = items.peek();
                if (first == null) {
                    return;
                }
                long inNanos = first.dueNanos() - System.nanoTime();
                if (inNanos > 0) {
                    deliverAt(ctx, inNanos);
                    return;
                }
                items.poll();
                isDelivering = true; // what the delivery carries in turn is seen by this loop, and arms no wake-up
                try {
                    first.delivery().run();
                } finally {
                    isDelivering = false;
                }
            }
        }

        void deliverAll() {
            for (Item next = items.poll(); next != null; next = items.poll()) {
                next.delivery().run();
            }
        }

        /** How long what was carried last is still on its way. */
        long backlogNanos() {
            return items.isEmpty() ? 0 : lastDueNanos - System.nanoTime();
        }

        void cut() {
            for (Item item : items) {
                ReferenceCountUtil.release(item.message());
            }
            items.clear();
        }
    }
}
