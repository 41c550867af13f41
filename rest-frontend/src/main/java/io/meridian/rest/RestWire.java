// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.netty.channel.ChannelHandlerContext;

/** How answers leave: as HTTP/1.1 on a connection, or as frames of one HTTP/2 stream. */
interface RestWire {
    /** Asks the client for the body that it announced. */
    void carryOn(ChannelHandlerContext ctx);

    /** Writes a whole answer, without flushing it. */
    void answer(ChannelHandlerContext ctx, RestAnswer answer, RestRequest request, boolean keepAlive);

    /**
     * Ends what {@link #answer} was written on, once all of that has gone.
     *
     * @param isUnread whether the client may still be sending what nobody reads
     */
    void end(ChannelHandlerContext ctx, boolean isUnread);

    /** Ends it at once, by a fault of the client or of this side. */
    void fail(ChannelHandlerContext ctx, Throwable cause);

    /** It has ended, and keeps no more of bodies, nor of replies. */
    default void ended(long keptBytes) {}

    /** Whether so many bytes more of bodies may be kept, until the end. */
    default boolean keeps(long bytes) {
        return true;
    }

    /** Whether a request may be started. */
    default boolean mayStart(boolean hasToken) {
        return true;
    }

    /** Whether one more answer may be made. */
    default boolean hasRoom(boolean hasToken) {
        return true;
    }

    /** Whether there is room for so many bytes of a reply, beside what is kept for the answers to other requests. */
    default boolean hasRoomBeside(long bytes) {
        return true;
    }

    /** A reply is kept until the answer is made, or the end. */
    default void keepsReply(long bytes) {}

    /** Runs what is given once it is worth asking again for room, unless the end is before; nothing if something waits already. */
    default void awaitRoom(Runnable later) {
        throw new IllegalStateException("there is room");
    }

    /** A session begins a request. */
    default void begun(RouterSession session, Access access) {}

    /** A session's request is about to be answered with its token. */
    default void answering(RouterSession session, Access access) {}
}
