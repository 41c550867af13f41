// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.rpc.Connection;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.meridian.proto.Hello;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftLane;
import io.meridian.store.timer.CoarseTimer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The called end of one stream: checks its hello, then hands its requests to the node in the order they come. */
final class InboundStream implements StreamObserver<RaftFrame>, Connection {
    private static final Logger LOG = LoggerFactory.getLogger(InboundStream.class);

    /** What the node does with its streams; requests come in order, on an event loop, and must not block it. */
    interface Listener {
        void opened(InboundStream stream);

        void requested(InboundStream stream, FrameReader.Received request);

        /** Exactly once for each stream that was opened. */
        void closed(InboundStream stream);

        /** For each stream that was not opened; the reason may repeat the caller's own words. */
        void refused(String reason);
    }

    private final PeerIdentity self;
    private final Listener listener;
    private final ServerCallStreamObserver<RaftFrame> replies;
    private final FrameWriter writer;
    private final FrameReader reader;
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private final AtomicBoolean isClosedToListener = new AtomicBoolean();
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private volatile @Nullable Hello hello;
    private volatile RaftLane lane = RaftLane.RAFT_LANE_UNSPECIFIED;

    InboundStream(
            PeerIdentity self,
            Listener listener,
            TransportOptions options,
            TransportCounters counters,
            ServerCallStreamObserver<RaftFrame> replies) {
        this.self = self;
        this.listener = listener;
        this.replies = replies;
        this.writer = new FrameWriter(replies, options.queuedBytesMax(), false, counters);
        this.reader = new FrameReader(options.messageBytesMax(), counters);
        replies.setOnReadyHandler(writer::drain);
        replies.setOnCancelHandler(() -> ended("the caller is gone"));
        replies.setOnCloseHandler(() -> ended("closed"));
        CoarseTimer.runAfter(options.handshake().toMillis(), () -> {
            if (hello == null) {
                refuse("no hello in " + options.handshake());
            }
        });
    }

    /** Who calls; the empty string before the hello. */
    String from() {
        Hello said = hello;
        return said == null ? "" : said.getFromNode();
    }

    RaftLane lane() {
        return lane;
    }

    /** Sends the reply to a call, from any thread; once the stream has ended it is dropped. */
    void reply(long call, Message reply) {
        if (call == 0) {
            return;
        }
        FrameWriter.Offer offer = writer.offer(call, RaftMessages.kindOf(reply), reply);
        if (offer == FrameWriter.Offer.FULL) {
            end(Status.RESOURCE_EXHAUSTED.withDescription("replies are not read"));
        }
    }

    @Override
    public void onNext(RaftFrame frame) {
        if (isClosed.get()) {
            return;
        }
        if (hello == null) {
            open(frame);
            return;
        }
        try {
            FrameReader.Received request = reader.accept(frame);
            if (request != null) {
                listener.requested(this, request);
            }
        } catch (InvalidProtocolBufferException e) {
            LOG.error("{}: {} sent what is no request", self.node(), from(), e);
            end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
    }

    private void open(RaftFrame frame) {
        if (!frame.hasHello()) {
            refuse("the first frame is no hello");
            return;
        }
        Optional<String> problem = self.problemWith(frame.getHello());
        if (problem.isPresent()) {
            refuse(problem.get());
            return;
        }
        if (frame.getLane() == RaftLane.RAFT_LANE_UNSPECIFIED || frame.getLane() == RaftLane.UNRECOGNIZED) {
            refuse("unknown lane");
            return;
        }
        lane = frame.getLane();
        hello = frame.getHello();
        listener.opened(this);
        writer.begin(RaftFrame.newBuilder().setWelcome(self.welcome()).build());
        if (isClosed.get()) {
            tellClosed(); // it was closed while it was being opened
        }
    }

    private void refuse(String reason) {
        if (isClosed.get()) {
            return;
        }
        listener.refused(reason);
        end(Status.FAILED_PRECONDITION.withDescription("refused by " + self.node() + ": " + reason));
    }

    /** Ends the stream from this side. */
    void end(Status reason) {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        writer.close();
        synchronized (writer) { // gRPC's observers are not thread safe: no frame is being written now
            if (reason.isOk()) {
                replies.onCompleted();
            } else {
                replies.onError(reason.asRuntimeException());
            }
        }
        tellClosed();
    }

    private void ended(String reason) {
        if (isClosed.compareAndSet(false, true)) {
            writer.close();
            LOG.info("{}: stream from {} on {} ended: {}", self.node(), from(), lane, reason);
            tellClosed();
        }
    }

    private void tellClosed() {
        if (hello != null && isClosedToListener.compareAndSet(false, true)) {
            listener.closed(this);
        }
    }

    @Override
    public void onError(Throwable t) {
        ended(OutboundStream.text(Status.fromThrowable(t)));
    }

    @Override
    public void onCompleted() {
        end(Status.OK);
    }

    @Override
    public @Nullable Object getAttribute(String key) {
        return attributes.get(key);
    }

    @Override
    public void setAttribute(String key, Object value) {
        attributes.put(key, value);
    }

    @Override
    public @Nullable Object setAttributeIfAbsent(String key, Object value) {
        return attributes.putIfAbsent(key, Objects.requireNonNull(value));
    }

    @Override
    public void close() {
        end(Status.ABORTED.withDescription("closed by " + self.node()));
    }
}
