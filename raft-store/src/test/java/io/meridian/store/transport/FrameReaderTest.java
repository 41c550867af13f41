// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alipay.sofa.jraft.rpc.RpcRequests.GetFileResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftMessageKind;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
    private static final GetFileResponse MESSAGE = GetFileResponse.newBuilder()
            .setEof(true)
            .setData(ByteString.copyFromUtf8("a few bytes"))
            .build();
    private static final ByteString BODY = MESSAGE.toByteString();

    private final FrameReader reader = new FrameReader(BODY.size(), new TransportCounters());

    @Test
    void putsAMessageTogetherFromAnyTwoPieces() throws Exception {
        for (int cut = 0; cut < BODY.size(); cut++) {
            assertThat(reader.accept(frame(7, BODY.size(), BODY.substring(0, cut))))
                    .isNull();

            FrameReader.Received received = reader.accept(frame(7, 0, BODY.substring(cut)));

            assertThat(received).isEqualTo(new FrameReader.Received(7, RaftMessageKind.GET_FILE_RESPONSE, MESSAGE));
        }
    }

    @Test
    void refusesAMessageBeyondTheLimit() {
        assertThatThrownBy(() -> reader.accept(frame(7, BODY.size() + 1, BODY)))
                .isInstanceOf(InvalidProtocolBufferException.class)
                .hasMessageContaining("the limit is " + BODY.size());
        assertThatThrownBy(() -> reader.accept(frame(7, -1, BODY))).isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void refusesAFrameOfAnotherMessageBetween() throws Exception {
        assertThat(reader.accept(frame(7, BODY.size(), BODY.substring(0, 3)))).isNull();

        assertThatThrownBy(() -> reader.accept(frame(8, 0, BODY.substring(3))))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void refusesMoreBytesThanAnnounced() throws Exception {
        assertThat(reader.accept(frame(7, BODY.size(), BODY.substring(0, 3)))).isNull();

        assertThatThrownBy(() -> reader.accept(frame(7, 0, BODY))).isInstanceOf(InvalidProtocolBufferException.class);
    }

    @Test
    void refusesWhatIsNoMessage() {
        assertThatThrownBy(() -> reader.accept(frame(7, 1, ByteString.copyFrom(new byte[1]))))
                .isInstanceOf(InvalidProtocolBufferException.class);
    }

    private static RaftFrame frame(long call, int length, ByteString chunk) {
        return RaftFrame.newBuilder()
                .setCall(call)
                .setKind(RaftMessageKind.GET_FILE_RESPONSE)
                .setLength(length)
                .setChunk(chunk)
                .build();
    }
}
