// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import java.util.ArrayDeque;

/**
 * What the streams of one HTTP/2 connection share: bounds on their bodies and answers together, and the session token.
 *
 * <p>For the connection's event loop.
 */
final class Http2Streams implements Deadlines.Streams {
    /** What a head counts for among the answers that wait: most are smaller. */
    static final int HEAD_BYTES = 512;

    /** Answers, of all streams, that wait for the client to take them; beyond them no further answer is made. */
    private static final long UNSENT_BYTES_MAX = 1024 * 1024;

    /** The same for requests without a token: with one answer more it makes less than 64 KiB. */
    private static final long STRANGER_UNSENT_BYTES_MAX = 32 * 1024;

    private final DefaultHttp2Connection connection;
    private final AnswerFlow flow;
    private final long keptBytesMax;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long keptBytes;
    private long replyBytes;
    private long unsentBytes;
    private long sentHeadBytes;
    private boolean resuming;
    private boolean hasEnded;
    private String database = "";
    private String token = "";

    /** @param keptBytesMax bytes of the bodies of all streams that have not ended; and of replies that are no answers yet */
    Http2Streams(DefaultHttp2Connection connection, AnswerFlow flow, long keptBytesMax) {
        this.connection = connection;
        this.flow = flow;
        this.keptBytesMax = keptBytesMax;
    }

    /** Whether a stream may keep so many bytes more of a body; kept until {@link #released}. */
    boolean keep(long bytes) {
        if (keptBytes + bytes > keptBytesMax) {
            return false;
        }
        keptBytes += bytes;
        return true;
    }

    void released(long bytes) {
        keptBytes -= bytes;
    }

    /** Whether so many bytes more may be kept of the replies of all streams. */
    boolean hasRoomBeside(long bytes) {
        return replyBytes + bytes <= keptBytesMax;
    }

    /** A reply waits for others or for room, before it becomes an answer; kept until {@link #repliesReleased}. */
    void keepsReply(long bytes) {
        replyBytes += bytes;
    }

    void repliesReleased(long bytes) {
        replyBytes -= bytes;
    }

    /** An answer is made: it waits for the client. */
    void waits(long bytes) {
        unsentBytes += bytes;
    }

    /** It waits no more: all of it was sent, or its stream has ended. */
    void waitsNoMore(long bytes, boolean isSent) {
        unsentBytes -= bytes;
        if (isSent) {
            sentHeadBytes += HEAD_BYTES;
        }
        resume();
    }

    /** There may be room again. */
    void resume() {
        if (resuming) {
            return;
        }
        resuming = true;
        try {
            // Each once: one that still has no room waits again, behind those.
            for (int i = waiting.size(); i > 0 && !waiting.isEmpty() && unsentBytes < UNSENT_BYTES_MAX; i--) {
                waiting.remove().run();
            }
        } finally {
            resuming = false;
        }
    }

    /** Whether one more answer may be made. */
    boolean hasRoom(boolean hasToken) {
        return unsentBytes < unsentBytesMax(hasToken);
    }

    /** Whether one more request may be started: replies that are no answers yet will take room, too. */
    boolean mayStart(boolean hasToken) {
        return unsentBytes + replyBytes < unsentBytesMax(hasToken);
    }

    private static long unsentBytesMax(boolean hasToken) {
        return hasToken ? UNSENT_BYTES_MAX : STRANGER_UNSENT_BYTES_MAX;
    }

    /** Runs what is given once it is worth asking again, unless the connection ends before. */
    void await(Runnable waiter) {
        if (!hasEnded) {
            waiting.add(waiter);
        }
    }

    /** The connection has ended; its streams will, one after the other, and none is to take another's room. */
    void ended() {
        hasEnded = true;
        waiting.clear();
    }

    void forget(Runnable waiter) {
        waiting.remove(waiter);
    }

    @Override
    public int open() {
        return connection.numActiveStreams();
    }

    @Override
    public long unsentBytes() {
        return unsentBytes;
    }

    @Override
    public long writtenBytes() {
        return flow.writtenBytes() + sentHeadBytes;
    }

    /** A request begins: clients whose tokens come late see what the connection's other streams have seen. */
    void begin(RouterSession session, Access access) {
        if (database.equals(access.database())) {
            session.raise(token);
        }
    }

    /** The token of an answer covers those of the answers before it, whichever stream they were on. */
    void answered(RouterSession session, Access access) {
        if (database.equals(access.database())) {
            session.raise(token);
        }
        database = access.database();
        token = session.tokenText();
    }
}
