// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.error.InvokeTimeoutException;
import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.meridian.proto.RaftFrame;
import io.meridian.proto.RaftLane;
import io.meridian.proto.RaftMessageKind;
import io.meridian.proto.Welcome;
import io.meridian.store.timer.CoarseTimer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The calling end of one stream to a peer, from its hello until it breaks; a new attempt is a new object. */
final class OutboundStream implements ClientResponseObserver<RaftFrame, RaftFrame> {
    /** What the owner of a stream learns, each at most once, on an event loop or the timer: it must not block. */
    interface Listener {
        void welcomed(OutboundStream stream, Welcome welcome);

        void ended(OutboundStream stream, Status reason);
    }

    /** More than gRPC's 32 KiB: a chunk is in the network's hands while the next is cut. */
    private static final int READY_BYTES = 2 * Frames.CHUNK_BYTES;

    private final ManagedChannel channel;
    private final Listener listener;
    private final TransportOptions options;
    private final TransportCounters counters;
    private final Executor fallback;
    private final FrameReader reader;
    private final Map<Long, PendingCall> pending = new ConcurrentHashMap<>();
    private final AtomicLong lastCall = new AtomicLong();
    private final AtomicBoolean isEnded = new AtomicBoolean();
    private volatile boolean isWelcomed;
    // Since when calls wait and nothing comes; 0 while none waits. Races lose at most one frame's time.
    private volatile long silentSinceNanos;
    private @Nullable FrameWriter writer;

    OutboundStream(
            ManagedChannel channel,
            Listener listener,
            TransportOptions options,
            TransportCounters counters,
            Executor fallback) {
        this.channel = channel;
        this.listener = listener;
        this.options = options;
        this.counters = counters;
        this.fallback = fallback;
        this.reader = new FrameReader(options.messageBytesMax(), counters);
    }

    /** Sends the hello; the stream ends by itself if it is not welcomed in time. */
    void open(PeerIdentity self, String peer, RaftLane lane) {
        ClientCalls.asyncBidiStreamingCall(
                channel.newCall(Frames.EXCHANGE, CallOptions.DEFAULT.withOnReadyThreshold(READY_BYTES)), this);
        writer().begin(RaftFrame.newBuilder()
                .setHello(self.helloTo(peer))
                .setLane(lane)
                .build());
        CoarseTimer.runAfter(options.handshake().toMillis(), () -> {
            if (!isWelcomed) {
                end(Status.DEADLINE_EXCEEDED.withDescription("no welcome in " + options.handshake()));
            }
        });
    }

    boolean isWelcomed() {
        return isWelcomed && !isEnded.get();
    }

    /** True once it was welcomed, also after its end. */
    boolean wasWelcomed() {
        return isWelcomed;
    }

    /**
     * Sends a request; the callback runs once: with the reply, or with why there is none.
     *
     * @throws RemotingException if it was not taken; then the callback never runs
     */
    void call(RaftMessageKind kind, Message request, InvokeCallback callback, long timeoutMillis)
            throws RemotingException {
        long call = lastCall.incrementAndGet();
        PendingCall waiting = new PendingCall(callback, fallback);
        pending.put(call, waiting);
        if (silentSinceNanos == 0) {
            silentSinceNanos = System.nanoTime();
        }
        waiting.expiresWith(CoarseTimer.runAfter(timeoutMillis, () -> expire(call, timeoutMillis)));
        FrameWriter.Offer offer = writer().offer(call, kind, request);
        // The stream may have ended between: whoever takes the call out of the table tells its caller.
        if ((offer != FrameWriter.Offer.TAKEN || isEnded.get()) && pending.remove(call) != null) {
            waiting.discard();
            throw new RemotingException(
                    offer == FrameWriter.Offer.FULL ? "too many bytes wait for the peer" : "the stream has ended");
        }
    }

    /** Sends a request that wants no reply; false if it was not taken. */
    boolean tell(RaftMessageKind kind, Message request) {
        return writer().offer(0, kind, request) == FrameWriter.Offer.TAKEN;
    }

    /** Ends the stream and its connection; every waiting call fails. Only the first reason counts. */
    void end(Status reason) {
        if (!isEnded.compareAndSet(false, true)) {
            return;
        }
        FrameWriter frames = writer;
        if (frames != null) {
            frames.close();
        }
        channel.shutdownNow();
        for (Long call : List.copyOf(pending.keySet())) {
            PendingCall waiting = pending.remove(call);
            if (waiting != null) {
                waiting.fail(new RemotingException("the stream to the peer has ended: " + text(reason)));
            }
        }
        listener.ended(this, reason);
    }

    static String text(Status status) {
        Throwable cause = status.getCause();
        String description = Objects.requireNonNullElse(status.getDescription(), "");
        return status.getCode() + " " + description + (cause == null ? "" : " (" + cause + ")");
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<RaftFrame> stream) {
        FrameWriter frames = new FrameWriter(stream, options.queuedBytesMax(), true, counters);
        stream.setOnReadyHandler(frames::drain);
        writer = frames;
    }

    @Override
    public void onNext(RaftFrame frame) {
        if (!isWelcomed) {
            if (!frame.hasWelcome()) {
                end(Status.INTERNAL.withDescription("the first frame is no welcome"));
                return;
            }
            listener.welcomed(this, frame.getWelcome());
            return;
        }
        try {
            FrameReader.Received received = reader.accept(frame);
            if (received != null) {
                PendingCall waiting = pending.remove(received.call());
                if (waiting != null) { // else it came after its timeout
                    waiting.reply(received.message());
                }
            }
            silentSinceNanos = pending.isEmpty() ? 0 : System.nanoTime();
        } catch (InvalidProtocolBufferException e) {
            end(Status.INTERNAL
                    .withDescription("the peer sent what is no reply")
                    .withCause(e));
        }
    }

    /** Lets calls through: the owner has accepted the peer's welcome. */
    void start() {
        isWelcomed = true;
        writer().release();
    }

    @Override
    public void onError(Throwable t) {
        end(Status.fromThrowable(t));
    }

    @Override
    public void onCompleted() {
        end(Status.UNAVAILABLE.withDescription("the peer ended the stream"));
    }

    private void expire(long call, long timeoutMillis) {
        PendingCall waiting = pending.remove(call);
        if (waiting == null) {
            return;
        }
        counters.timeouts.increment();
        waiting.fail(new InvokeTimeoutException("no reply in " + timeoutMillis + " ms"));
        // A peer that is stopped, or gone without a word, keeps its connection open for minutes.
        long since = silentSinceNanos;
        if (since != 0 && System.nanoTime() - since > options.silence().toNanos()) {
            end(Status.UNAVAILABLE.withDescription("calls time out and nothing came for " + options.silence()));
        }
    }

    private FrameWriter writer() {
        return Objects.requireNonNull(writer, "the stream is not open");
    }
}
