// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftPeerGrpc;
import java.io.IOException;
import java.io.InputStream;

/** How frames are read from gRPC: one copy from the network's buffers, in which the frame's chunk then stays. */
final class Frames {
    /** A longer message is cut, so that neither end's network buffers hold much of it. */
    static final int CHUNK_BYTES = 256 * 1024;

    /** A frame around a chunk, with room for a hello. */
    static final int FRAME_BYTES_MAX = CHUNK_BYTES + 64 * 1024;

    /** The one method of the service, with this class's way of reading. */
    static final MethodDescriptor<RaftFrame, RaftFrame> EXCHANGE = RaftPeerGrpc.getExchangeMethod().toBuilder(
                    new FrameMarshaller(), new FrameMarshaller())
            .build();

    private Frames() {}

    private static final class FrameMarshaller implements MethodDescriptor.Marshaller<RaftFrame> {
        private final MethodDescriptor.Marshaller<RaftFrame> writing =
                ProtoUtils.marshaller(RaftFrame.getDefaultInstance());

        @Override
        public InputStream stream(RaftFrame frame) {
            return writing.stream(frame);
        }

        @Override
        public RaftFrame parse(InputStream stream) {
            try {
                // The array is nobody else's from here on, so the frame may keep pointing into it.
                CodedInputStream input =
                        UnsafeByteOperations.unsafeWrap(stream.readAllBytes()).newCodedInput();
                input.enableAliasing(true);
                RaftFrame frame = RaftFrame.parseFrom(input);
                input.checkLastTagWas(0);
                return frame;
            } catch (IOException e) {
                throw Status.INTERNAL
                        .withDescription("not a Raft frame")
                        .withCause(e)
                        .asRuntimeException();
            }
        }
    }
}
