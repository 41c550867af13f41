// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.router.Access;
import io.meridian.router.RouterSession;
import java.util.ArrayDeque;

/**
 * What the streams of one HTTP/2 connection share: bounds on their bodies and answers together, and the session token.
 *
 * <p>For the connection's event loop.
 */
final class Http2Streams {
    /** Answers, of all streams, that wait for the client to take them; beyond them no further request is started. */
    private static final long UNSENT_BYTES_MAX = 1024 * 1024;

    /** The same for requests without a token: with one answer more it makes less than 64 KiB. */
    private static final long STRANGER_UNSENT_BYTES_MAX = 32 * 1024;

    private final long keptBytesMax;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private long keptBytes;
    private long unsentBytes;
    private boolean resuming;
    private String database = "";
    private String token = "";

    /** @param keptBytesMax bytes of the bodies, of all streams, that have not come wholly */
    Http2Streams(long keptBytesMax) {
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

    void unsent(long bytes) {
        unsentBytes += bytes;
    }

    void sent(long bytes) {
        unsentBytes -= bytes;
        if (resuming) {
            return;
        }
        resuming = true;
        try {
            // Each once: one that still may not start waits again, behind those.
            for (int i = waiting.size(); i > 0 && !waiting.isEmpty() && unsentBytes < UNSENT_BYTES_MAX; i--) {
                waiting.remove().run();
            }
        } finally {
            resuming = false;
        }
    }

    /** Whether a request may be started. */
    boolean mayStart(boolean hasToken) {
        return unsentBytes < (hasToken ? UNSENT_BYTES_MAX : STRANGER_UNSENT_BYTES_MAX);
    }

    /** Runs what is given once it is worth asking again. */
    void await(Runnable waiter) {
        waiting.add(waiter);
    }

    void forget(Runnable waiter) {
        waiting.remove(waiter);
    }

    /** Bytes of answers that the client has not taken, whether or not it gives them room. */
    long unsentBytes() {
        return unsentBytes;
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
