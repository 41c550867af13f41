// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import java.util.ArrayDeque;

/** What the connections of one event loop share: an array to read into, and writers that come and go. For the loop's thread. */
final class RespLoop {
    private static final int SCRATCH_BYTES = 64 * 1024;
    /** A writer that grew beyond this for one large reply is not kept. */
    private static final int WRITER_BYTES_MAX = 256 * 1024;

    private static final long WARN_NANOS = 60_000_000_000L;

    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final ArrayDeque<RespWriter> writers = new ArrayDeque<>();
    private long warnedNanos = System.nanoTime() - WARN_NANOS;

    byte[] scratch() {
        return scratch;
    }

    RespWriter borrow() {
        RespWriter writer = writers.pollFirst();
        return writer == null ? new RespWriter() : writer;
    }

    void giveBack(RespWriter writer) {
        if (writer.capacity() <= WRITER_BYTES_MAX) {
            writer.clear();
            writers.addFirst(writer);
        }
    }

    /** Whether a warning that any stranger can cause may be logged again. */
    boolean mayWarn() {
        long now = System.nanoTime();
        if (now - warnedNanos < WARN_NANOS) {
            return false;
        }
        warnedNanos = now;
        return true;
    }
}
