// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Args;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.router.Connection;
import io.meridian.router.Frontend;
import io.meridian.router.Lane;
import io.meridian.router.ReplySink;
import io.meridian.router.RouterSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads commands, hands them to its session, writes the replies in the order of the commands.
 *
 * <p>Everything but {@link #kill} happens on the event loop's thread. Commands are taken from the bytes of one read at a time;
 * while the session does not take the next one, or the client does not read its replies, the socket is not read. A client
 * that has not authenticated is closed instead, before any buffer holds 64 KiB of what it sent or has not read.
 */
final class RespConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(RespConnection.class);
    private static final byte[] NOTHING = new byte[0];
    /** From here on a string is written from where it lies, without a copy of ours. */
    private static final int UNCOPIED_BYTES_MIN = 16 * 1024;
    /** So much is gathered before it is handed to the socket in one piece. */
    private static final int CHUNK_BYTES = 64 * 1024;
    /** The same, and how much input is taken at a time, while nobody knows who sends it. */
    private static final int STRANGERS_CHUNK_BYTES = 16 * 1024;

    private final RespLimits limits;
    private final RespLoop loop;
    private final RespDecoder decoder;
    private final Lane lane;
    private final Runnable flushAtTurnEnd = this::flushScheduled;
    private final Runnable spill = this::handOver;
    private @Nullable RouterSession session;
    private @Nullable ChannelHandlerContext context;
    private boolean isTrusted;
    // Bytes of commands not taken yet, from `start` to `end`; the decoder has read some of them.
    private byte[] input = NOTHING;
    private int start;
    private int end;
    // The replies not written yet, in order: a linked list, because most of the time it holds one or none.
    private @Nullable Slot first;
    private @Nullable Slot lastSlot;
    // The place of the command that is being handed to the session.
    private @Nullable Slot taking;
    private @Nullable RespWriter writer;
    private boolean processing;
    private boolean stalled;
    // No command is taken any more; the connection closes once the replies so far are written.
    private boolean closing;
    // It is closed already, or will be at once: nothing is written any more.
    private boolean cut;
    private boolean inputEnded;
    private boolean handedOver;
    private boolean flushScheduled;
    private ReplyMode mode = ReplyMode.ON;
    private boolean skipNext;

    RespConnection(RespLimits limits, RespLoop loop, Lane lane) {
        this.limits = limits;
        this.loop = loop;
        this.lane = lane;
        this.decoder = new RespDecoder(limits);
    }

    /** The place of one reply in the order of replies. */
    private final class Slot implements ReplySink {
        private boolean isMuted;
        private @Nullable Reply reply;
        private @Nullable Slot next;

        Slot(boolean isMuted) {
            this.isMuted = isMuted;
        }

        @Override
        public void reply(Reply answer) {
            boolean isFirst = first == this;
            reply = taking == this ? stable(answer, isFirst) : answer;
            if (isFirst) {
                drain();
            }
        }
    }

    /** A string that is a part of the command itself (ECHO) does not outlive it: copied unless it is written at once. */
    // Whether it is the very array that is read into, not one like it.
    @SuppressWarnings("ReferenceEquality")
    private Reply stable(Reply answer, boolean isWrittenNow) {
        if (answer instanceof Reply.Bulk bulk
                && bulk.bytes().array() == input
                && !(isWrittenNow && bulk.bytes().length() < UNCOPIED_BYTES_MIN)) {
            return new Reply.Bulk(bulk.bytes().copy());
        }
        return answer;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        RouterSession opened = lane.open(Frontend.RESP, this);
        session = opened;
        trust(opened.isAuthenticated());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        cut = true;
        context = null;
        releaseWriter();
        forgetInput();
        if (session != null) {
            session.close();
        }
    }

    private void trust(boolean isAuthenticated) {
        if (isAuthenticated != isTrusted) {
            isTrusted = isAuthenticated;
            decoder.trust(isAuthenticated);
        }
    }

    // ---------------------------------------------------------------- commands

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (start == end && !stalled && bytes.readableBytes() <= loop.scratch().length) {
                takeFromScratch(bytes);
            }
            while (bytes.isReadable() && !closing) {
                int most = isTrusted ? bytes.readableBytes() : STRANGERS_CHUNK_BYTES;
                append(bytes, Math.min(most, bytes.readableBytes()));
                process();
            }
            if (start == end && !stalled) {
                forgetInput();
            }
        } finally {
            bytes.release();
        }
    }

    /** Nothing is left from before: the loop's own array serves, and what is left over is kept. */
    private void takeFromScratch(ByteBuf bytes) {
        if (closing) {
            return;
        }
        byte[] scratch = loop.scratch();
        int count = bytes.readableBytes();
        bytes.readBytes(scratch, 0, count);
        input = scratch;
        start = 0;
        end = count;
        decoder.restart(0);
        process();
        int rest = end - start;
        int needed = decoder.neededFrom(start);
        // Not all at once what a client says it will send: it may never come.
        input = rest == 0 ? NOTHING : new byte[Math.max(rest, Math.min(needed, CHUNK_BYTES))];
        System.arraycopy(scratch, start, input, 0, rest);
        // The decoder's places are those of the scratch array: it reads the command again, this once.
        decoder.restart(0);
        start = 0;
        end = rest;
    }

    private void forgetInput() {
        input = NOTHING;
        start = 0;
        end = 0;
        decoder.restart(0);
        decoder.forget();
    }

    private void append(ByteBuf bytes, int count) {
        if (input.length - end < count) {
            int rest = end - start;
            int wanted = Math.max(rest + count, Math.min(decoder.neededFrom(start), rest + (rest >> 1) + (1 << 20)));
            byte[] larger = new byte[Math.max(wanted, rest + (rest >> 1))];
            System.arraycopy(input, start, larger, 0, rest);
            input = larger;
            if (start != 0) {
                start = 0;
                decoder.restart(0);
            }
            end = rest;
        }
        bytes.readBytes(input, end, count);
        end += count;
    }

    /** Takes commands until there is none whole, one is not taken, or the client must read first. */
    private void process() {
        if (processing) {
            return;
        }
        processing = true;
        try {
            while (!closing && !stalled && decoder.decode(input, end)) {
                if (!take()) {
                    decoder.restart(start);
                    pause();
                    break;
                }
                start = decoder.at();
                decoder.restart(start);
                if (writer != null && writer.length() > (isTrusted ? CHUNK_BYTES : STRANGERS_CHUNK_BYTES)) {
                    handOver();
                }
                if (handedOver) {
                    relieve();
                }
            }
        } catch (RespProtocolException broken) {
            protocolError(broken.line());
        } finally {
            processing = false;
        }
        if (closing) {
            start = end;
        }
    }

    private boolean take() {
        Args args = decoder.args();
        if (args.count() == 0) {
            return true;
        }
        if (args.isWord(0, "POST") || args.isWord(0, "HOST:")) {
            // A browser was made to talk to us: its request may carry commands in its body (server.c,
            // securityWarningCommand).
            if (loop.mayWarn()) {
                LOG.warn("possible cross-protocol attack from {}: connection closed", remoteAddress());
            }
            closeNow();
            return true;
        }
        RouterSession to = Objects.requireNonNull(session);
        Slot before = lastSlot;
        boolean isSkipped = skipNext;
        skipNext = false;
        Slot slot = new Slot(mode == ReplyMode.OFF || isSkipped);
        add(slot);
        taking = slot;
        boolean isTaken = to.execute(args, slot);
        taking = null;
        if (!isTaken) {
            removeLast(before);
            skipNext = isSkipped;
            return false;
        }
        trust(to.isAuthenticated());
        return true;
    }

    private void add(Slot slot) {
        Slot tail = lastSlot;
        if (tail == null) {
            first = slot;
        } else {
            tail.next = slot;
        }
        lastSlot = slot;
    }

    /** Takes the last slot away again, which has no reply yet. */
    private void removeLast(@Nullable Slot before) {
        if (before == null) {
            first = null;
        } else {
            before.next = null;
        }
        lastSlot = before;
    }

    private void pause() {
        stalled = true;
        if (context != null && !inputEnded) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** The session, or the client's socket, can take more. */
    @Override
    public void resume() {
        ChannelHandlerContext open = context;
        if (stalled && open != null) {
            open.executor().execute(this::continueReading);
        }
    }

    private void continueReading() {
        ChannelHandlerContext open = context;
        if (!stalled || open == null || !open.channel().isWritable()) {
            return;
        }
        stalled = false;
        process();
        if (!stalled) {
            if (start == end) {
                forgetInput();
            }
            if (inputEnded) {
                closeAfterReply();
            } else {
                open.channel().config().setAutoRead(true);
            }
        }
        flushAtTurnEnd();
    }

    // ---------------------------------------------------------------- replies

    private void drain() {
        Slot slot = first;
        while (slot != null) {
            Reply reply = slot.reply;
            if (reply == null) {
                break;
            }
            if (!slot.isMuted) {
                write(reply);
            }
            slot = slot.next;
            first = slot;
        }
        if (slot == null) {
            lastSlot = null;
        }
        if (!processing) {
            flushAtTurnEnd();
        }
    }

    private void write(Reply reply) {
        ChannelHandlerContext open = context;
        if (open == null || cut) {
            return;
        }
        RespWriter out = writer;
        if (out == null) {
            out = loop.borrow();
            out.spillTo(spill);
            writer = out;
        }
        if (reply instanceof Reply.Bulk bulk && bulk.bytes().length() >= UNCOPIED_BYTES_MIN) {
            out.bulkHeader(bulk.bytes().length());
            handOver();
            send(
                    open,
                    Unpooled.wrappedBuffer(
                            bulk.bytes().array(),
                            bulk.bytes().offset(),
                            bulk.bytes().length()));
            out.bulkEnd();
        } else {
            out.write(reply, Objects.requireNonNull(session).protocol());
        }
    }

    /** Gives what is gathered to the socket. */
    private void handOver() {
        RespWriter out = writer;
        ChannelHandlerContext open = context;
        if (out == null || open == null || out.length() == 0) {
            return;
        }
        if (!cut) {
            ByteBuf buffer = open.alloc().directBuffer(out.length());
            buffer.writeBytes(out.array(), 0, out.length());
            send(open, buffer);
        }
        out.clear();
    }

    private void send(ChannelHandlerContext open, ByteBuf bytes) {
        if (cut) {
            bytes.release();
            return;
        }
        var _ = open.write(bytes, open.voidPromise());
        handedOver = true;
        if (unreadBytes(open) > limits.outputBytesMax()) {
            LOG.warn("{} does not read its replies: disconnected", remoteAddress());
            closeNow();
        }
    }

    /** What was handed to the socket and has not left. */
    private static long unreadBytes(ChannelHandlerContext open) {
        ChannelOutboundBuffer unread = open.channel().unsafe().outboundBuffer();
        return unread == null ? 0 : unread.totalPendingWriteBytes();
    }

    /** Lets the socket take what it can; then no more commands are read while the client does not read its replies. */
    private void relieve() {
        handedOver = false;
        ChannelHandlerContext open = context;
        if (open == null || (isTrusted && open.channel().isWritable())) {
            return;
        }
        open.flush();
        if (!isTrusted && unreadBytes(open) > RespLimits.UNAUTHENTICATED_OUTPUT_MAX) {
            LOG.debug("{} has not authenticated and does not read its replies: disconnected", remoteAddress());
            closeNow();
        } else if (!open.channel().isWritable() && !stalled) {
            pause();
        }
    }

    private void flushAtTurnEnd() {
        if (!flushScheduled) {
            flushScheduled = true;
            lane.atTurnEnd(flushAtTurnEnd);
        }
    }

    private void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    private void flush() {
        handOver();
        releaseWriter();
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        open.flush();
        if (closing && first == null) {
            closeOnceWritten(open);
        } else {
            relieve();
        }
    }

    private void closeOnceWritten(ChannelHandlerContext open) {
        if (!cut) {
            cut = true;
            var _ = open.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void releaseWriter() {
        RespWriter out = writer;
        if (out != null) {
            out.spillTo(null);
            loop.giveBack(out);
            writer = null;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            resume();
        }
    }

    // ---------------------------------------------------------------- ends

    private void protocolError(String line) {
        LOG.debug("{}: {}", remoteAddress(), line);
        Slot slot = new Slot(mode == ReplyMode.OFF);
        add(slot);
        slot.reply(new Reply.Failure(line));
        closeAfterReply();
    }

    /** The client has ended its side: what it sent is still answered. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (!stalled) {
                closeAfterReply();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void closeAfterReply() {
        closing = true;
        flushAtTurnEnd();
    }

    private void closeNow() {
        closing = true;
        cut = true;
        if (context != null) {
            var _ = context.close();
        }
    }

    @Override
    public void kill() {
        ChannelHandlerContext open = context;
        if (open != null) {
            var _ = open.close();
        }
    }

    /** OFF and SKIP mute the reply of the very command that says so; ON is answered (networking.c, clientReplyCommand). */
    @Override
    public void replies(ReplyMode wanted) {
        if (wanted == ReplyMode.SKIP) {
            skipNext = mode != ReplyMode.OFF;
        } else {
            mode = wanted;
        }
        if (taking != null) {
            taking.isMuted = wanted != ReplyMode.ON;
        }
    }

    @Override
    public String remoteAddress() {
        return context == null ? "" : text(context.channel().remoteAddress());
    }

    @Override
    public String localAddress() {
        return context == null ? "" : text(context.channel().localAddress());
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet.getAddress().getHostAddress() + ":" + inet.getPort()
                : String.valueOf(address);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cut && cause instanceof java.io.IOException) {
            // What was not written yet fails piece by piece.
            return;
        }
        if (cause instanceof java.io.IOException) {
            LOG.debug("{}: {}", remoteAddress(), cause.toString());
        } else {
            LOG.error("connection of {} closed by a failure of ours", remoteAddress(), cause);
        }
        var _ = ctx.close();
    }

    /** How much the connection holds of commands that have not come wholly. */
    int keptBytes() {
        return input.length;
    }
}
