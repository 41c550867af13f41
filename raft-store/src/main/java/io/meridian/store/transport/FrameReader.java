// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftMessageKind;
import org.jspecify.annotations.Nullable;

/** The receiving half of a stream: puts frames together to messages again; used by one thread at a time. */
final class FrameReader {
    /** A whole message, and the call that it belongs to. */
    record Received(long call, RaftMessageKind kind, Message message) {}

    private final int messageBytesMax;
    private final TransportCounters counters;
    private byte @Nullable [] partial;
    private int filled;
    private long call;

    FrameReader(int messageBytesMax, TransportCounters counters) {
        this.messageBytesMax = messageBytesMax;
        this.counters = counters;
    }

    /** The message that this frame completes, or null if more frames must come. */
    @Nullable
    Received accept(RaftFrame frame) throws InvalidProtocolBufferException {
        ByteString chunk = frame.getChunk();
        byte[] buffer = partial;
        if (buffer == null) {
            int length = frame.getLength();
            if (length < chunk.size() || length > messageBytesMax) {
                throw new InvalidProtocolBufferException(
                        "a message of " + Integer.toUnsignedString(length) + " bytes, the limit is " + messageBytesMax);
            }
            if (length == chunk.size()) {
                return received(frame, chunk);
            }
            buffer = new byte[length];
            partial = buffer;
            filled = 0;
            call = frame.getCall();
        } else if (frame.getCall() != call || filled + chunk.size() > buffer.length || chunk.isEmpty()) {
            throw new InvalidProtocolBufferException("a frame does not continue the message before it");
        }
        chunk.copyTo(buffer, filled);
        filled += chunk.size();
        if (filled < buffer.length) {
            return null;
        }
        partial = null;
        return received(frame, UnsafeByteOperations.unsafeWrap(buffer));
    }

    private Received received(RaftFrame frame, ByteString body) throws InvalidProtocolBufferException {
        counters.messagesReceived.increment();
        counters.bytesReceived.add(body.size());
        return new Received(frame.getCall(), frame.getKind(), RaftMessages.parse(frame.getKind(), body));
    }
}
