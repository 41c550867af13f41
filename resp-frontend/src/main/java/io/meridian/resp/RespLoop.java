// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** What the connections of one event loop share: an array to read into, and writers that come and go. For the loop's thread. */
final class RespLoop {
    private static final int SCRATCH_BYTES = 64 * 1024;
    /** A writer that grew beyond this for one large reply is not kept. */
    private static final int WRITER_BYTES_MAX = 256 * 1024;

    private final byte[] scratch = new byte[SCRATCH_BYTES];
    private final ArrayDeque<RespWriter> writers = new ArrayDeque<>();
    private final AtomicInteger connections;

    /** @param connections the count of open connections of the whole server */
    RespLoop(AtomicInteger connections) {
        this.connections = connections;
    }

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

    void closed() {
        connections.decrementAndGet();
    }
}
