// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.stub.ServerCallStreamObserver;
import io.meridian.proto.ForwardReply;
import java.util.ArrayDeque;

/**
 * The answers of one stream on their way back: written as the network takes them, and a request is taken only while none
 * waits.
 *
 * <p>Safe for any thread.
 */
final class AnswerQueue {
    /** What may wait before reads are refused: a few of the largest replies are never kept for one far node. */
    static final long BYTES_MAX = 72L << 20;

    private final ServerCallStreamObserver<ForwardReply> stream;
    private final ArrayDeque<ForwardReply> waiting = new ArrayDeque<>();
    private long bytes;
    // Whether the next request is yet to be asked for.
    private boolean owesRequest;
    private boolean over;

    /** Takes over the stream's readiness; the first request comes after {@link #takeRequest}. */
    AnswerQueue(ServerCallStreamObserver<ForwardReply> stream) {
        this.stream = stream;
        stream.disableAutoRequest();
        stream.setOnReadyHandler(this::drain);
        // With it, an answer that comes as the call is cancelled is dropped; without, it would throw at whoever
        // answers.
        stream.setOnCancelHandler(this::end);
    }

    /** How many bytes of answers to reads may be added now. */
    synchronized long room() {
        return BYTES_MAX - bytes;
    }

    /** Adds an answer that must not be lost; once the stream has ended it is dropped. */
    synchronized void add(ForwardReply reply) {
        if (!over) {
            waiting.add(reply);
            bytes += reply.getSerializedSize();
            drain();
        }
    }

    /** Lets the next request come, as soon as no answer waits. */
    synchronized void takeRequest() {
        owesRequest = true;
        drain();
    }

    private synchronized void drain() {
        while (!over && stream.isReady()) {
            ForwardReply next = waiting.poll();
            if (next == null) {
                break;
            }
            bytes -= next.getSerializedSize();
            stream.onNext(next);
        }
        if (owesRequest && !over && waiting.isEmpty() && stream.isReady()) {
            owesRequest = false;
            stream.request(1);
        }
    }

    /** The stream has ended: nothing is kept for it. */
    synchronized void end() {
        over = true;
        waiting.clear();
        bytes = 0;
    }

    /** The other end sends no more: answers that are not written yet are of no use to it. */
    synchronized void complete() {
        if (!over) {
            end();
            stream.onCompleted();
        }
    }
}
