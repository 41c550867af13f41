// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileResponse;
import com.google.protobuf.ByteString;
import io.grpc.stub.CallStreamObserver;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftMessageKind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameWriterTest {
    private final FakeStream stream = new FakeStream();
    private final TransportCounters counters = new TransportCounters();
    private final FrameWriter writer = new FrameWriter(stream, 1_000_000, false, counters);

    @Test
    void aShortMessageIsOneFrame() {
        GetFileResponse message = message(10);

        assertThat(offer(1, message)).isEqualTo(FrameWriter.Offer.TAKEN);

        assertThat(stream.frames).singleElement().satisfies(frame -> {
            assertThat(frame.getCall()).isEqualTo(1);
            assertThat(frame.getLength()).isEqualTo(message.getSerializedSize());
            assertThat(frame.getChunk()).isEqualTo(message.toByteString());
        });
    }

    @Test
    void aLongMessageIsCutAndCanBeReadAgain() throws Exception {
        GetFileResponse message = message(3 * Frames.CHUNK_BYTES);

        offer(1, message);

        assertThat(stream.frames).hasSize(4);
        FrameReader reader = new FrameReader(10_000_000, counters);
        for (RaftFrame frame : stream.frames.subList(0, 3)) {
            assertThat(reader.accept(frame)).isNull();
        }
        assertThat(reader.accept(stream.frames.getLast()))
                .isEqualTo(new FrameReader.Received(1, RaftMessageKind.GET_FILE_RESPONSE, message));
    }

    @Test
    void whatTheNetworkDoesNotTakeWaitsInOrder() {
        stream.isReady = false;
        for (int call = 1; call <= 5; call++) {
            offer(call, message(10));
        }
        assertThat(stream.frames).isEmpty();

        stream.isReady = true;
        writer.drain();

        assertThat(stream.frames).extracting(RaftFrame::getCall).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void beyondTheBoundMessagesAreRefusedButOneIsAlwaysTaken() {
        stream.isReady = false;

        assertThat(offer(1, message(2_000_000))).isEqualTo(FrameWriter.Offer.TAKEN);
        assertThat(offer(2, message(1))).isEqualTo(FrameWriter.Offer.FULL);
        assertThat(counters.refused.sum()).isEqualTo(1);

        stream.isReady = true;
        writer.drain();
        assertThat(offer(3, message(1))).isEqualTo(FrameWriter.Offer.TAKEN);
    }

    @Test
    void heldMessagesWaitForTheRelease() {
        FrameWriter held = new FrameWriter(stream, 1_000, true, counters);
        held.offer(1, RaftMessageKind.GET_FILE_RESPONSE, message(10));
        held.begin(RaftFrame.newBuilder().setCall(99).build());

        held.release();

        assertThat(stream.frames).extracting(RaftFrame::getCall).containsExactly(99L, 1L);
    }

    @Test
    void aBrokenStreamTakesNothing() {
        stream.isBroken = true;

        assertThat(offer(1, message(1))).isEqualTo(FrameWriter.Offer.CLOSED);
        assertThat(offer(2, message(1))).isEqualTo(FrameWriter.Offer.CLOSED);
    }

    private FrameWriter.Offer offer(long call, GetFileResponse message) {
        return writer.offer(call, RaftMessageKind.GET_FILE_RESPONSE, message);
    }

    private static GetFileResponse message(int bytes) {
        return GetFileResponse.newBuilder()
                .setEof(false)
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private static final class FakeStream extends CallStreamObserver<RaftFrame> {
        final List<RaftFrame> frames = new ArrayList<>();
        boolean isReady = true;
        boolean isBroken;

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public void onNext(RaftFrame frame) {
            if (isBroken) {
                throw new IllegalStateException("call was cancelled");
            }
            frames.add(frame);
        }

        @Override
        public void setOnReadyHandler(Runnable onReadyHandler) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {}
    }
}
