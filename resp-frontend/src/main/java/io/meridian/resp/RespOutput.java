// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Reply;
import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.router.Lane;
import io.meridian.router.ReplySink;
import io.meridian.router.RouterSession;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The replies of one connection: kept in the order of its commands, and written while the client reads them.
 *
 * <p>A reply waits here for those before it and for room in the socket. Who gives commands asks {@link #isFull} before each,
 * so that neither their number nor their bytes grow beyond bounds. For the event loop's thread.
 */
final class RespOutput {
    private static final Logger LOG = LoggerFactory.getLogger(RespOutput.class);
    /** From here on a string is written from where it lies, without a copy of ours. */
    private static final int UNCOPIED_BYTES_MIN = 16 * 1024;
    /** So much is gathered before it is handed to the socket in one piece. */
    private static final int CHUNK_BYTES = 64 * 1024;

    private final RespConnection connection;
    private final RespLimits limits;
    private final RespLoop loop;
    private final Lane lane;
    private final ChannelHandlerContext context;
    private final RouterSession session;
    private final Runnable atTurnEnd = this::turnEnded;
    private final BooleanSupplier spill = this::spill;
    // The replies not written yet, in order: a linked list, because most of the time it holds one or none.
    private @Nullable Slot first;
    private @Nullable Slot last;
    private int slots;
    private long keptBytes;
    // The place of the command that is being handed to the session, the one before it, and the array its words lie in.
    private @Nullable Slot taking;
    private @Nullable Slot beforeTaking;
    private byte[] words = new byte[0];
    private @Nullable RespWriter writer;
    // The socket takes no more for now: replies are kept until it does.
    private boolean blocked;
    // No more commands were taken, because of what is kept.
    private boolean full;
    private boolean handedOver;
    private boolean turnEndAsked;
    private long handedOverBytes;
    private boolean watched;
    // All is handed over that ever will be: behind it the connection ends.
    private boolean hangingUp;
    // It is closed already, or will be at once: nothing is written any more.
    private boolean cut;

    RespOutput(
            RespConnection connection,
            RespLimits limits,
            RespLoop loop,
            Lane lane,
            ChannelHandlerContext context,
            RouterSession session) {
        this.connection = connection;
        this.limits = limits;
        this.loop = loop;
        this.lane = lane;
        this.context = context;
        this.session = session;
    }

    /** The place of one reply in the order of replies. */
    private final class Slot implements ReplySink {
        private boolean isMuted;
        // Whether its command may have changed something, if it is answered later.
        private boolean isWrite;
        private @Nullable Reply reply;
        private long bytes;
        private @Nullable Slot next;

        Slot(boolean isMuted) {
            this.isMuted = isMuted;
        }

        @Override
        public void reply(Reply answer) {
            answered(this, answer);
        }
    }

    // ---------------------------------------------------------------- places

    /**
     * Makes a place for the reply of the next command; {@link #taken} follows.
     *
     * @param isMuted whether nothing is to be written there
     * @param wordsIn the array that holds the command's words for now: what a reply shows of it is copied if it waits
     */
    ReplySink next(boolean isMuted, byte[] wordsIn) {
        Slot slot = new Slot(isMuted);
        beforeTaking = last;
        add(slot);
        taking = slot;
        words = wordsIn;
        return slot;
    }

    /** Whether the session took the command; if not, its place goes. */
    void taken(boolean isTaken) {
        Slot slot = taking;
        taking = null;
        if (slot == null) {
            return;
        }
        if (isTaken) {
            slot.isWrite = session.tookWrite();
        } else if (!cut) {
            removeLast(beforeTaking);
        }
        beforeTaking = null;
    }

    /** OFF and SKIP mute the reply of the very command that says so; ON is answered (networking.c, clientReplyCommand). */
    void mode(ReplyMode wanted) {
        if (taking != null) {
            taking.isMuted = wanted != ReplyMode.ON;
        }
    }

    /** A reply to what was no command, behind all others. */
    void append(boolean isMuted, Reply reply) {
        Slot slot = new Slot(isMuted);
        add(slot);
        slot.reply(reply);
    }

    /** Whether so much waits to be written that no command should be taken; {@link RespConnection#resume} says when it is over. */
    boolean isFull() {
        full |= slots >= limits.commandsMax() || keptBytes > RespLimits.KEPT_BYTES_MAX;
        return full;
    }

    boolean isBlocked() {
        return blocked;
    }

    private void add(Slot slot) {
        Slot tail = last;
        if (tail == null) {
            first = slot;
        } else {
            tail.next = slot;
        }
        last = slot;
        slots++;
    }

    private void removeLast(@Nullable Slot before) {
        if (before == null || first == last) {
            first = null;
            last = null;
        } else {
            before.next = null;
            last = before;
        }
        slots--;
    }

    // ---------------------------------------------------------------- replies

    private void answered(Slot slot, Reply answer) {
        if (cut) {
            return;
        }
        long bytes = slot.isMuted ? 0 : RespWriter.contentBytes(answer, limits.replyBytesMax());
        Reply reply = answer;
        if (slot.isMuted) {
            reply = Reply.OK;
        } else if (bytes > limits.replyBytesMax()) {
            reply = tooLarge(slot.isWrite);
            bytes = 0;
        } else if (taking == slot) {
            reply = stable(answer, first == slot && !blocked);
        }
        slot.bytes = bytes;
        slot.reply = reply;
        keptBytes += bytes;
        if (first == slot) {
            drain();
        }
        if (blocked) {
            watch();
        }
    }

    private Reply tooLarge(boolean wasApplied) {
        String limit = "Limit: " + limits.replyBytesMax() + " bytes";
        return new Reply.Failure(
                wasApplied
                        ? "UNKNOWN applied, but its reply exceeds the max reply size. " + limit
                        : "ERR max reply size exceeded. " + limit);
    }

    /** A string that is a part of the command itself (ECHO) does not outlive it: copied unless it is written at once. */
    // Whether it is the very array that is read into, not one like it.
    @SuppressWarnings("ReferenceEquality")
    private Reply stable(Reply answer, boolean isWrittenNow) {
        if (answer instanceof Reply.Bulk bulk
                && bulk.bytes().array() == words
                && !(isWrittenNow && bulk.bytes().length() < UNCOPIED_BYTES_MIN)) {
            return new Reply.Bulk(bulk.bytes().copy());
        }
        return answer;
    }

    private void drain() {
        while (!blocked && !cut) {
            Slot slot = first;
            Reply reply = slot == null ? null : slot.reply;
            if (slot == null || reply == null) {
                break;
            }
            first = slot.next;
            if (first == null) {
                last = null;
            }
            slots--;
            keptBytes -= slot.bytes;
            if (!slot.isMuted) {
                writeOrClose(reply);
            }
        }
        if (full && slots <= limits.commandsMax() / 2 && keptBytes <= RespLimits.KEPT_BYTES_MAX / 2) {
            full = false;
            connection.resume();
        }
        if (!connection.isTaking()) {
            flushAtTurnEnd();
        }
    }

    /** What cannot be written is told by the end of the connection: behind half a reply nothing can follow. */
    private void writeOrClose(Reply reply) {
        try {
            write(reply);
            if (writer != null && writer.length() > chunkBytes()) {
                handOver();
            }
            if (handedOver) {
                relieve();
            }
        } catch (RuntimeException | OutOfMemoryError failed) {
            closeFor(failed);
        }
    }

    private void closeFor(Throwable failed) {
        LOG.error("connection of {} closed: its reply cannot be written", connection.remoteAddress(), failed);
        closeNow();
    }

    private int chunkBytes() {
        return connection.isTrusted() ? CHUNK_BYTES : RespLimits.STRANGERS_CHUNK_BYTES;
    }

    private void write(Reply reply) {
        RespWriter out = writer;
        if (out == null) {
            out = loop.borrow();
            out.spillTo(spill);
            writer = out;
        }
        if (reply instanceof Reply.Bulk bulk && bulk.bytes().length() >= UNCOPIED_BYTES_MIN) {
            out.bulkHeader(bulk.bytes().length());
            handOver();
            send(Unpooled.wrappedBuffer(
                    bulk.bytes().array(), bulk.bytes().offset(), bulk.bytes().length()));
            out.bulkEnd();
        } else {
            out.write(reply, session.protocol());
        }
    }

    /** In the middle of a long reply: the socket may take what is there while the rest is written. */
    private boolean spill() {
        handOver();
        if (!context.channel().isWritable()) {
            context.flush();
        }
        return !cut && context.channel().isActive();
    }

    /** Gives what is gathered to the socket. */
    private void handOver() {
        RespWriter out = writer;
        if (out == null || out.length() == 0) {
            return;
        }
        if (!cut) {
            ByteBuf buffer = context.alloc().directBuffer(out.length());
            buffer.writeBytes(out.array(), 0, out.length());
            send(buffer);
        }
        out.clear();
    }

    private void send(ByteBuf bytes) {
        handedOverBytes += bytes.readableBytes();
        var _ = context.write(bytes, context.voidPromise());
        handedOver = true;
    }

    /** Lets the socket take what it can; then no reply is written and no command read while the client does not read. */
    private void relieve() {
        handedOver = false;
        if (cut || (connection.isTrusted() && context.channel().isWritable())) {
            return;
        }
        context.flush();
        if (!connection.isTrusted() && unsentBytes() > RespLimits.UNAUTHENTICATED_OUTPUT_MAX) {
            LOG.debug(
                    "{} has not authenticated and does not read its replies: disconnected", connection.remoteAddress());
            closeNow();
        } else if (!context.channel().isWritable()) {
            blocked = true;
            connection.pause();
            watch();
        }
    }

    /**
     * The socket may have room again: writes what was kept for it.
     *
     * @return whether all was written that is answered
     */
    boolean unblock() {
        if (blocked && context.channel().isWritable()) {
            blocked = false;
            drain();
        }
        return !blocked;
    }

    // ---------------------------------------------------------------- clients that do not read

    /** What was handed to the socket and has not left, with what each piece of it costs the socket's buffer. */
    private long unsentBytes() {
        ChannelOutboundBuffer unsent = context.channel().unsafe().outboundBuffer();
        // The piece at the front is pending as a whole until all of it has left.
        return unsent == null ? 0 : unsent.totalPendingWriteBytes() - unsent.currentProgress();
    }

    /** What the client has taken; a piece that is added makes it a little smaller, never larger. */
    private long takenBytes() {
        return handedOverBytes - unsentBytes();
    }

    /** Whether the client has to go on reading: because so much is unread, or because nothing else is left for it to do. */
    private boolean mustRead() {
        long unsent = unsentBytes();
        return connection.isEnding() ? unsent > 0 : keptBytes + unsent > limits.outputBytesMax();
    }

    /** A client that has to go on reading, and takes nothing for a while, is disconnected. */
    private void watch() {
        if (watched || cut || !mustRead()) {
            return;
        }
        watched = true;
        long before = takenBytes();
        var _ = context.executor()
                .schedule(
                        () -> {
                            watched = false;
                            if (takenBytes() > before || !mustRead()) {
                                watch();
                            } else if (!cut) {
                                // Strangers must not fill the log.
                                LOG.atLevel(connection.isTrusted() ? Level.WARN : Level.DEBUG)
                                        .log("{} does not read its replies: disconnected", connection.remoteAddress());
                                closeNow();
                            }
                        },
                        limits.unreadMillisMax(),
                        TimeUnit.MILLISECONDS);
    }

    // ---------------------------------------------------------------- ends

    void flushAtTurnEnd() {
        if (!turnEndAsked) {
            turnEndAsked = true;
            lane.atTurnEnd(atTurnEnd);
        }
    }

    private void turnEnded() {
        turnEndAsked = false;
        flush();
    }

    /** Hands over and sends what is written; hangs up behind the last reply when the connection is to end. */
    void flush() {
        if (isOver()) {
            return;
        }
        try {
            handOver();
        } catch (RuntimeException | OutOfMemoryError failed) {
            closeFor(failed);
            return;
        }
        releaseWriter();
        context.flush();
        if (connection.isClosing() && first == null) {
            hangingUp = true;
            var _ = context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> connection.hangUp());
            watch();
        } else {
            relieve();
        }
    }

    /** Closes without what is not written yet. */
    void closeNow() {
        end();
        connection.stopTaking();
        var _ = context.close();
    }

    /** Whether nothing more is handed over. */
    boolean isOver() {
        return cut || hangingUp;
    }

    /** Nothing is written any more: lets go of what is kept. */
    void end() {
        cut = true;
        first = null;
        last = null;
        slots = 0;
        keptBytes = 0;
        releaseWriter();
    }

    private void releaseWriter() {
        RespWriter out = writer;
        if (out != null) {
            out.spillTo(null);
            loop.giveBack(out);
            writer = null;
        }
    }
}
