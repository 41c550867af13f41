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
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: reads commands, hands them to its session, writes the replies in the order of the commands.
 *
 * <p>Everything but {@link #kill} happens on the event loop's thread. Commands are taken from the bytes of one read at a time;
 * while the session does not take the next one, or the client does not read its replies, the socket is not read.
 */
final class RespConnection extends ChannelInboundHandlerAdapter implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(RespConnection.class);
    private static final byte[] NOTHING = new byte[0];
    /** From here on a string is written from where it lies, without a copy of ours. */
    private static final int UNCOPIED_BYTES_MIN = 16 * 1024;
    /** So much is gathered before it is handed to the socket in one piece. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private final RespLimits limits;
    private final RespLoop loop;
    private final RespDecoder decoder;
    private final Lane lane;
    private @Nullable RouterSession session;
    private @Nullable ChannelHandlerContext context;
    // Bytes of commands not taken yet, from `start` to `end`; the decoder has read some of them.
    private byte[] input = NOTHING;
    private int start;
    private int end;
    // The replies not written yet, in order: a linked list, because most of the time it holds one or none.
    private @Nullable Slot first;
    private @Nullable Slot lastSlot;
    private @Nullable RespWriter writer;
    private boolean processing;
    private boolean stalled;
    private boolean closing;
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
        private final boolean isMuted;
        private @Nullable Reply reply;
        private @Nullable Slot next;

        Slot(boolean isMuted) {
            this.isMuted = isMuted;
        }

        @Override
        public void reply(Reply answer) {
            reply = answer;
            if (first == this) {
                drain();
            }
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        RouterSession opened = lane.open(Frontend.RESP, this);
        session = opened;
        decoder.trust(opened.isAuthenticated());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        context = null;
        releaseWriter();
        input = NOTHING;
        start = 0;
        end = 0;
        if (session != null) {
            session.close();
        }
        loop.closed();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            if (closing) {
                return;
            }
            int count = bytes.readableBytes();
            if (start == end && !stalled && count <= loop.scratch().length) {
                // Nothing is left from before: the loop's own array serves, and what is left over is kept.
                byte[] scratch = loop.scratch();
                bytes.readBytes(scratch, 0, count);
                input = scratch;
                start = 0;
                end = count;
                decoder.restart(0);
                process();
                keepRest(scratch);
            } else {
                append(bytes, count);
                process();
            }
        } finally {
            bytes.release();
        }
    }

    /** Moves what the scratch array still holds into an array of the connection's own. */
    private void keepRest(byte[] scratch) {
        int rest = end - start;
        if (rest == 0) {
            input = NOTHING;
        } else {
            int needed = decoder.neededFrom(start);
            // Not all at once what a client says it will send: it may never come.
            input = new byte[Math.max(rest, Math.min(needed, CHUNK_BYTES))];
            System.arraycopy(scratch, start, input, 0, rest);
            // The decoder's places are those of the scratch array: it reads the command again, this once.
            decoder.restart(0);
        }
        start = 0;
        end = rest;
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
                if (writer != null && writer.length() > CHUNK_BYTES) {
                    handOver(true);
                }
            }
        } catch (RespProtocolException broken) {
            protocolError(broken.line());
        } finally {
            processing = false;
        }
    }

    private boolean take() throws RespProtocolException {
        Args args = decoder.args();
        if (args.count() == 0) {
            return true;
        }
        if (args.isWord(0, "POST") || args.isWord(0, "HOST:")) {
            // A browser was made to talk to us: its request may carry commands in its body (server.c,
            // securityWarningCommand).
            LOG.warn("possible cross-protocol attack from {}: connection closed", remoteAddress());
            closeNow();
            return true;
        }
        RouterSession to = java.util.Objects.requireNonNull(session);
        Slot slot = new Slot(mode == ReplyMode.OFF || skipNext);
        boolean skipped = skipNext;
        add(slot);
        if (!to.execute(args, slot)) {
            removeLast(slot);
            return false;
        }
        if (skipped) {
            skipNext = false;
        }
        decoder.trust(to.isAuthenticated());
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

    private void removeLast(Slot slot) {
        if (first == slot) {
            first = null;
            lastSlot = null;
            return;
        }
        Slot before = java.util.Objects.requireNonNull(first);
        while (before.next != slot) {
            before = java.util.Objects.requireNonNull(before.next);
        }
        before.next = null;
        lastSlot = before;
    }

    private void pause() {
        stalled = true;
        if (context != null) {
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
        if (!stalled && !closing) {
            if (start == end) {
                input = NOTHING;
                start = 0;
                end = 0;
                decoder.restart(0);
            }
            open.channel().config().setAutoRead(true);
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
            if (!slot.isMuted && mode != ReplyMode.OFF) {
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
        if (context == null) {
            return;
        }
        RespWriter out = writer;
        if (out == null) {
            out = loop.borrow();
            writer = out;
        }
        RouterSession of = java.util.Objects.requireNonNull(session);
        if (reply instanceof Reply.Bulk bulk && bulk.bytes().length() >= UNCOPIED_BYTES_MIN) {
            out.bulkHeader(bulk.bytes().length());
            handOver(false);
            var _ = context.write(
                    Unpooled.wrappedBuffer(
                            bulk.bytes().array(),
                            bulk.bytes().offset(),
                            bulk.bytes().length()),
                    context.voidPromise());
            out.bulkEnd();
        } else {
            out.write(reply, of.protocol());
        }
        checkOutput();
    }

    /** Gives what is gathered to the socket; stops reading commands while the client does not read replies. */
    private void handOver(boolean pauseWhenFull) {
        RespWriter out = writer;
        ChannelHandlerContext open = context;
        if (out == null || open == null || out.length() == 0) {
            return;
        }
        ByteBuf buffer = open.alloc().directBuffer(out.length());
        buffer.writeBytes(out.array(), 0, out.length());
        out.clear();
        var _ = open.write(buffer, open.voidPromise());
        if (pauseWhenFull && !open.channel().isWritable()) {
            open.flush();
            if (!open.channel().isWritable()) {
                pause();
            }
        }
    }

    private void checkOutput() {
        ChannelHandlerContext open = context;
        if (open != null && open.channel().bytesBeforeWritable() > limits.outputBytesMax()) {
            LOG.warn("{} does not read its replies: disconnected", remoteAddress());
            closeNow();
        }
    }

    private void flushAtTurnEnd() {
        if (!flushScheduled) {
            flushScheduled = true;
            lane.atTurnEnd(this::flushScheduled);
        }
    }

    private void flushScheduled() {
        flushScheduled = false;
        flush();
    }

    private void flush() {
        handOver(false);
        releaseWriter();
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        open.flush();
        if (closing && first == null) {
            var _ = open.close();
        } else if (!open.channel().isWritable() && !stalled) {
            pause();
        }
    }

    private void releaseWriter() {
        if (writer != null) {
            loop.giveBack(writer);
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
        Slot slot = new Slot(false);
        add(slot);
        slot.reply(new Reply.Failure(line));
        closeAfterReply();
    }

    @Override
    public void closeAfterReply() {
        closing = true;
        flushAtTurnEnd();
    }

    private void closeNow() {
        closing = true;
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

    @Override
    public void replies(ReplyMode wanted) {
        if (wanted == ReplyMode.SKIP) {
            // The SKIP command itself is not answered, nor is the one after it.
            if (lastSlot != null) {
                muteLast();
            }
            skipNext = true;
        } else {
            mode = wanted;
        }
    }

    private void muteLast() {
        Slot muted = new Slot(true);
        Slot last = java.util.Objects.requireNonNull(lastSlot);
        removeLast(last);
        add(muted);
        // Whatever the command answers goes nowhere; its place is taken by one that is answered already.
        muted.reply(Reply.OK);
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
