// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.error.RemotingException;
import com.alipay.sofa.jraft.rpc.InvokeCallback;
import com.google.protobuf.Message;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.meridian.proto.RaftLane;
import io.meridian.proto.RaftMessageKind;
import io.meridian.proto.Welcome;
import io.meridian.store.timer.CoarseTimer;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane to one peer: keeps a stream open, and opens another after a pause when it breaks.
 *
 * <p>Calls fail at once while no stream is welcomed, so that an election never waits for a dead node; only the bulk lane
 * holds them back, since it is opened when first needed. All methods may be called from any thread.
 */
final class PeerLink implements OutboundStream.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);
    private static final int FAILURES_QUIET = 4; // about 3 s with the usual pauses

    /** What a link needs from its node's transport. */
    record Context(
            PeerIdentity self,
            PeerChannels channels,
            TransportOptions options,
            TransportCounters counters,
            Executor control) {}

    private final Context context;
    private final String peer;
    private final RaftLane lane;
    private final Consumer<PeerLink> onReady;
    private final Consumer<PeerLink> onBroken;

    private volatile @Nullable OutboundStream stream;
    private volatile boolean isClosed;
    private boolean isWaiting; // for the pause before the next attempt
    private int failures; // attempts in a row without a welcome
    private String lastReason = "";

    /** The callbacks run on an event loop, after each welcome and each end of a welcomed stream. */
    PeerLink(Context context, String peer, RaftLane lane, Consumer<PeerLink> onReady, Consumer<PeerLink> onBroken) {
        this.context = context;
        this.peer = peer;
        this.lane = lane;
        this.onReady = onReady;
        this.onBroken = onBroken;
    }

    String peer() {
        return peer;
    }

    RaftLane lane() {
        return lane;
    }

    boolean isReady() {
        OutboundStream current = stream;
        return current != null && current.isWelcomed();
    }

    /** Starts an attempt unless there is a stream, an attempt, or a pause before one. */
    synchronized void connect() {
        if (!isClosed && !isWaiting && stream == null) {
            attempt();
        }
    }

    /** Cuts short the pause: the peer has just been heard of. */
    synchronized void connectNow() {
        if (!isClosed && stream == null) {
            failures = 0;
            isWaiting = false;
            attempt();
        }
    }

    /** Sends a request as {@link OutboundStream#call}. */
    void call(RaftMessageKind kind, Message request, InvokeCallback callback, long timeoutMillis)
            throws RemotingException {
        usable().call(kind, request, callback, timeoutMillis);
    }

    /** Sends a request that wants no reply; false if it was not taken. */
    boolean tell(RaftMessageKind kind, Message request) {
        OutboundStream current = stream;
        return current != null && current.isWelcomed() && current.tell(kind, request);
    }

    /** Ends the stream, if there is one; another is opened. */
    void restart(String reason) {
        OutboundStream current = stream;
        if (current != null) {
            current.end(Status.CANCELLED.withDescription(reason));
        }
        connectNow();
    }

    @Override
    public void close() {
        OutboundStream current;
        synchronized (this) {
            isClosed = true;
            current = stream;
        }
        if (current != null) {
            current.end(Status.CANCELLED.withDescription("this node closes the link"));
        }
    }

    private OutboundStream usable() throws RemotingException {
        OutboundStream current = stream;
        if (current == null && lane == RaftLane.RAFT_LANE_BULK) {
            connect();
            current = stream;
        }
        if (current == null || (lane != RaftLane.RAFT_LANE_BULK && !current.isWelcomed())) {
            context.counters().refused.increment();
            throw new RemotingException("no stream to " + peer + " on " + lane);
        }
        return current;
    }

    private void attempt() {
        Optional<ManagedChannel> channel = context.channels().open(peer, Frames.FRAME_BYTES_MAX);
        if (channel.isEmpty()) {
            failed("its address is not known", false);
            return;
        }
        OutboundStream opening =
                new OutboundStream(channel.get(), this, context.options(), context.counters(), context.control());
        stream = opening;
        opening.open(context.self(), peer, lane);
    }

    @Override
    public void welcomed(OutboundStream welcomed, Welcome welcome) {
        Optional<String> problem = context.self().problemWith(welcome, peer);
        if (problem.isPresent()) {
            welcomed.end(Status.FAILED_PRECONDITION.withDescription(problem.get()));
            return;
        }
        synchronized (this) {
            if (stream != welcomed) {
                return;
            }
            failures = 0;
            lastReason = "";
        }
        context.counters().connects.increment();
        LOG.info("{}: connected to {} on {}", context.self().node(), peer, lane);
        welcomed.start();
        onReady.accept(this);
    }

    @Override
    public void ended(OutboundStream ended, Status reason) {
        boolean wasReady;
        synchronized (this) {
            if (stream != ended) {
                return;
            }
            stream = null;
            wasReady = ended.wasWelcomed();
            if (!isClosed) {
                failed(OutboundStream.text(reason), wasReady);
            }
        }
        if (wasReady) {
            context.counters().disconnects.increment();
            onBroken.accept(this);
        }
    }

    /** Pauses, doubling from attempt to attempt, half of it by chance so that nodes do not knock in step. */
    private void failed(String reason, boolean wasReady) {
        // One line a reason, not one an attempt; and none for a peer that is only a little slower to start.
        if ((wasReady || failures >= FAILURES_QUIET) && !reason.equals(lastReason)) {
            LOG.warn("{}: no stream to {} on {}: {}", context.self().node(), peer, lane, reason);
            lastReason = reason;
        }
        long min = context.options().backoffMin().toMillis();
        long max = context.options().backoffMax().toMillis();
        long ceiling = Math.min(max, min << Math.min(failures, 20));
        failures++;
        isWaiting = true;
        long pauseMillis = ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2 + 1);
        CoarseTimer.runAfter(pauseMillis, this::resumeSoon);
    }

    private void resumeSoon() {
        try {
            context.control().execute(this::resume);
        } catch (RejectedExecutionException e) {
            // Full: later, then. Or the process is stopping, and the link with it.
            if (!isClosed) {
                CoarseTimer.runAfter(context.options().backoffMax().toMillis(), this::resumeSoon);
            }
        }
    }

    private synchronized void resume() {
        if (isWaiting) {
            isWaiting = false;
            connect();
        }
    }
}
