// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.meridian.proto.Answer;
import io.meridian.proto.ForwardReply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers to a node that reads slowly. */
class AnswerQueueTest {
    private final Network network = new Network();
    private final AnswerQueue queue = new AnswerQueue(network);

    @Test
    void aRequestIsTakenOnlyWhileNoAnswerWaits() {
        queue.takeRequest();
        assertThat(network.requested).isEqualTo(1);
        network.isReady = false;

        queue.add(answer(1, 10));
        queue.takeRequest();
        assertThat(network.requested).isEqualTo(1);

        network.becomeReady();
        assertThat(network.requested).isEqualTo(2);
        assertThat(network.written).containsExactly(1L);
    }

    @Test
    void whatWaitsTakesRoomUntilItIsWritten() {
        network.isReady = false;
        queue.add(answer(1, 1 << 20));
        queue.add(answer(2, 1 << 20));
        assertThat(queue.room()).isLessThan(AnswerQueue.BYTES_MAX - (2 << 20));

        network.becomeReady();

        assertThat(queue.room()).isEqualTo(AnswerQueue.BYTES_MAX);
        assertThat(network.written).containsExactly(1L, 2L);
    }

    @Test
    void anAnswerToAWriteIsKeptWithoutRoom() {
        network.isReady = false;
        queue.add(answer(1, (int) AnswerQueue.BYTES_MAX));
        assertThat(queue.room()).isNegative();

        queue.add(answer(2, 10));
        network.becomeReady();

        assertThat(network.written).containsExactly(1L, 2L);
    }

    @Test
    void nothingIsKeptForAStreamThatHasEnded() {
        network.isReady = false;
        queue.add(answer(1, 1 << 20));

        network.cancel();
        queue.add(answer(2, 1 << 20));
        network.becomeReady();

        assertThat(queue.room()).isEqualTo(AnswerQueue.BYTES_MAX);
        assertThat(network.written).isEmpty();
    }

    private static ForwardReply answer(long id, int bytes) {
        return ForwardReply.newBuilder()
                .setId(id)
                .setAnswer(Answer.newBuilder().setReplies(ByteString.copyFrom(new byte[bytes])))
                .build();
    }

    /** A stream that takes what the test says. */
    private static final class Network extends ServerCallStreamObserver<ForwardReply> {
        private final List<Long> written = new ArrayList<>();
        private int requested;
        private boolean isReady = true;
        private Runnable onReady = () -> {};
        private Runnable onCancel = () -> {};

        void becomeReady() {
            isReady = true;
            onReady.run();
        }

        void cancel() {
            onCancel.run();
        }

        @Override
        public boolean isReady() {
            return isReady;
        }

        @Override
        public void onNext(ForwardReply reply) {
            written.add(reply.getId());
        }

        @Override
        public void request(int count) {
            requested += count;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void disableAutoRequest() {}

        @Override
        @Deprecated
        public void disableAutoInboundFlowControl() {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
