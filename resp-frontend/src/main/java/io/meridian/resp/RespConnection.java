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
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
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
    /** So much room is made at once for a command that says how long it is. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private static final long LINGER_MILLIS = 5_000;

    private final RespLimits limits;
    private final RespLoop loop;
    private final RespDecoder decoder;
    private final Lane lane;
    private @Nullable RouterSession session;
    private @Nullable RespOutput output;
    private @Nullable ChannelHandlerContext context;
    private boolean isTrusted;
    // Bytes of commands not taken yet, from `start` to `end`; the decoder has read some of them.
    private byte[] input = NOTHING;
    private int start;
    private int end;
    private boolean processing;
    private boolean stalled;
    // No command is taken any more; the connection closes once the replies so far are written.
    private boolean closing;
    private boolean inputEnded;
    // Closing for what it sent, of which more is most likely on its way.
    private boolean refused;
    // All is written, and our side has ended: what still comes is dropped.
    private boolean lingering;
    private ReplyMode mode = ReplyMode.ON;
    private boolean skipNext;

    RespConnection(RespLimits limits, RespLoop loop, Lane lane) {
        this.limits = limits;
        this.loop = loop;
        this.lane = lane;
        this.decoder = new RespDecoder(limits);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        RouterSession opened = lane.open(Frontend.RESP, this);
        session = opened;
        output = new RespOutput(this, limits, loop, lane, ctx, opened);
        trust(opened.isAuthenticated());
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        context = null;
        forgetInput();
        if (session != null) {
            output().end();
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
                int most = isTrusted ? bytes.readableBytes() : RespLimits.STRANGERS_CHUNK_BYTES;
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
            while (!closing && !stalled) {
                if (output().isFull()) {
                    pause();
                } else if (!decoder.decode(input, end)) {
                    break;
                } else if (take()) {
                    start = decoder.at();
                    decoder.restart(start);
                } else {
                    decoder.restart(start);
                    pause();
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
            output().closeNow();
            return true;
        }
        RouterSession to = Objects.requireNonNull(session);
        boolean isSkipped = skipNext;
        skipNext = false;
        ReplySink sink = output().next(mode == ReplyMode.OFF || isSkipped, input);
        boolean isTaken = to.execute(args, sink);
        output().taken(isTaken);
        if (!isTaken) {
            skipNext = isSkipped;
            return false;
        }
        trust(to.isAuthenticated());
        return true;
    }

    /** No command is taken and nothing read until {@link #resume}. */
    void pause() {
        stalled = true;
        if (context != null && !inputEnded) {
            context.channel().config().setAutoRead(false);
        }
    }

    /** The session, the output or the client's socket can take more. */
    @Override
    public void resume() {
        ChannelHandlerContext open = context;
        if (open != null && (stalled || output().isBlocked())) {
            open.executor().execute(() -> {
                try {
                    goOn();
                } catch (RuntimeException failed) {
                    exceptionCaught(open, failed);
                }
            });
        }
    }

    private void goOn() {
        ChannelHandlerContext open = context;
        if (open == null || !output().unblock() || !stalled || output().isFull()) {
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
            } else if (!open.channel().hasAttr(RespServer.STOPPED)) {
                open.channel().config().setAutoRead(true);
            }
        }
        output().flushAtTurnEnd();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        lane.readEnded();
        output().flush();
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
        output().append(mode == ReplyMode.OFF, new Reply.Failure(line));
        refused = true;
        closeAfterReply();
    }

    /**
     * All is written that will be: closes. Of a client that may still be sending only our side ends, and what it sends until it
     * ends its own is dropped, for a few seconds at most.
     *
     * <p>A socket that is closed with bytes unread resets the connection: a client in the middle of a command that is too large
     * would see that, and never why; and one of a node that stops would lose replies that are on their way.
     */
    void hangUp() {
        ChannelHandlerContext open = context;
        if (open == null) {
            return;
        }
        boolean mayStillSend = (refused && isTrusted) || open.channel().hasAttr(RespServer.STOPPED);
        if (inputEnded || !mayStillSend || !open.channel().isOpen()) {
            var _ = open.close();
            return;
        }
        lingering = true;
        var _ = ((DuplexChannel) open.channel()).shutdownOutput();
        open.channel().config().setAutoRead(true);
        var _ = open.executor().schedule(this::kill, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The client has ended its side: what it sent is still answered. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (lingering) {
                var _ = ctx.close();
            } else {
                closing |= !stalled;
                output().flushAtTurnEnd();
            }
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void closeAfterReply() {
        closing = true;
        // One that a node closes when it stops may have ended before it was active.
        if (output != null) {
            output.flushAtTurnEnd();
        }
    }

    /** What the client sends from now on is not looked at. */
    void stopTaking() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether the client has nothing left to do but to read. */
    boolean isEnding() {
        return closing || inputEnded;
    }

    /** Whether commands are being taken: what they are answered is sent together. */
    boolean isTaking() {
        return processing;
    }

    boolean isTrusted() {
        return isTrusted;
    }

    private RespOutput output() {
        return Objects.requireNonNull(output);
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
            skipNext = mode != ReplyMode.OFF;
        } else {
            mode = wanted;
        }
        output().mode(wanted);
    }

    @Override
    public String remoteAddress() {
        // Other clients ask for it, on their own threads, and it may go meanwhile.
        ChannelHandlerContext open = context;
        return open == null ? "" : text(open.channel().remoteAddress());
    }

    @Override
    public String localAddress() {
        ChannelHandlerContext open = context;
        return open == null ? "" : text(open.channel().localAddress());
    }

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? NetUtil.toSocketAddressString(inet)
                : String.valueOf(address);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (output != null && output.isOver() && cause instanceof java.io.IOException) {
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
