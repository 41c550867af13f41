// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.CallStreamObserver;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftMessageKind;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The sending half of a stream: takes whole messages in order, writes frames as the network takes them.
 *
 * <p>Usable from any thread. Messages are serialised before {@link #offer} returns, as JRaft reuses their memory; what
 * waits is bounded, and a message beyond the bound is refused, never blocked on.
 */
final class FrameWriter {
    enum Offer {
        TAKEN,
        FULL,
        CLOSED
    }

    private record Waiting(long call, RaftMessageKind kind, ByteString body) {}

    private final CallStreamObserver<RaftFrame> stream;
    private final long queuedBytesMax;
    private final TransportCounters counters;
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private long queuedBytes;
    private int headWritten; // bytes of the first waiting message that are written
    private boolean isHeld;
    private boolean isClosed;

    /** With {@code isHeld}, messages only queue until {@link #release}. */
    FrameWriter(CallStreamObserver<RaftFrame> stream, long queuedBytesMax, boolean isHeld, TransportCounters counters) {
        this.stream = stream;
        this.queuedBytesMax = queuedBytesMax;
        this.isHeld = isHeld;
        this.counters = counters;
    }

    /** Writes a frame at once, past the queue: how a stream begins. */
    synchronized void begin(RaftFrame frame) {
        write(frame);
    }

    synchronized void release() {
        isHeld = false;
        drain();
    }

    Offer offer(long call, RaftMessageKind kind, Message message) {
        ByteString body = message.toByteString();
        synchronized (this) {
            if (isClosed) {
                return Offer.CLOSED;
            }
            if (!queue.isEmpty() && queuedBytes + body.size() > queuedBytesMax) {
                counters.refused.increment();
                return Offer.FULL;
            }
            queue.add(new Waiting(call, kind, body));
            queuedBytes += body.size();
            counters.messagesSent.increment();
            counters.bytesSent.add(body.size());
            drain();
            return isClosed ? Offer.CLOSED : Offer.TAKEN;
        }
    }

    /** Writes what the network takes now; gRPC calls it again when it takes more. */
    synchronized void drain() {
        while (!isHeld && !isClosed && stream.isReady()) {
            Waiting head = queue.peek();
            if (head == null) {
                return;
            }
            int size = head.body().size();
            int end = Math.min(size, headWritten + Frames.CHUNK_BYTES);
            RaftFrame.Builder frame = RaftFrame.newBuilder()
                    .setCall(head.call())
                    .setKind(head.kind())
                    .setChunk(head.body().substring(headWritten, end));
            if (headWritten == 0) {
                frame.setLength(size);
            }
            if (end == size) {
                queue.poll();
                queuedBytes -= size;
                headWritten = 0;
            } else {
                headWritten = end;
            }
            write(frame.build());
        }
    }

    /** Drops what waits; later offers are refused. The stream itself is ended by its owner. */
    synchronized void close() {
        isClosed = true;
        queue.clear();
        queuedBytes = 0;
    }

    private void write(RaftFrame frame) {
        try {
            stream.onNext(frame);
        } catch (IllegalStateException | StatusRuntimeException e) {
            // The stream ended under us; its end is reported to its owner by gRPC, with the reason.
            close();
        }
    }
}
