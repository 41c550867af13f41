// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.forward;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import io.meridian.engine.entry.Bundle;
import io.meridian.engine.entry.Bundle.Outcome;
import io.meridian.proto.Answer;
import io.meridian.proto.Failure;
import io.meridian.proto.ForwardReply;
import io.meridian.proto.ForwardRequest;
import io.meridian.proto.ForwardingGrpc;
import io.meridian.router.Peers;
import io.meridian.router.Replica;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to one node: opened when something is to be sent, broken by its end, opened anew by the next request.
 *
 * <p>Nothing is sent before the other node has welcomed the stream; what waits until then was surely not applied when the
 * stream breaks first.
 */
final class ForwardLink {
    private static final Logger LOG = LoggerFactory.getLogger(ForwardLink.class);
    /** What may be under way to one node before more is refused: far beyond what outboxes allow, so that nothing grows for ever. */
    private static final long BYTES_MAX = 256L << 20;

    private static final long REOPEN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final String node;
    private final Channel channel;
    private final Object lock = new Object();
    // In the order of sending, so that the oldest is found first.
    private final Map<Long, Call> calls = new LinkedHashMap<>();
    private final List<ForwardRequest> waiting = new ArrayList<>();
    // The lowest attempt whose bundles are still sent; a node has an origin for each event loop, so these are few.
    private final Map<Sender, Integer> lowestTaken = new HashMap<>();
    private @Nullable Stream stream;
    private long nextId;
    private long bytes;
    // Why the stream broke last, until one is welcomed again.
    private String lastReason = "";
    private long brokenNanos = System.nanoTime() - REOPEN_NANOS;

    ForwardLink(String node, Channel channel) {
        this.node = node;
        this.channel = channel;
    }

    /** A request that waits for its answer. */
    abstract static sealed class Call {
        private long sentNanos;
        private long bytes;
        // Whether it left this node: only then may it have been applied.
        private boolean sent;

        abstract void answered(Answer answer);

        abstract void failed(Outcome outcome, String reason, String leader);

        /** What is known of it when no answer comes. */
        Outcome lost() {
            return sent ? Outcome.UNKNOWN : Outcome.NOT_APPLIED;
        }
    }

    /** Who counts attempts: an origin does for each group. */
    private record Sender(String group, long origin) {}

    static final class BundleCall extends Call {
        private final Sender sender;
        // The bundle's own is raised when it is sent again, which may be before this sending has failed.
        private final int attempt;
        private final int replies;
        private final Peers.ForwardCompletion completion;

        BundleCall(String group, Bundle bundle, Peers.ForwardCompletion completion) {
            this.sender = new Sender(group, bundle.origin());
            this.attempt = bundle.attempt();
            this.replies = bundle.size();
            this.completion = completion;
        }

        @Override
        void answered(Answer answer) {
            Reply[] all = Wire.replies(answer);
            if (all.length != replies) {
                throw new CorruptBytesException(all.length + " replies to " + replies + " commands");
            }
            completion.applied(all, answer.getIncarnation(), answer.getIndex());
        }

        @Override
        void failed(Outcome outcome, String reason, String leader) {
            if (!leader.isEmpty()) {
                completion.leaderIs(leader);
            }
            completion.failed(outcome, reason);
        }
    }

    static final class ReadCall extends Call {
        private final Replica.ReadCompletion completion;

        ReadCall(Replica.ReadCompletion completion) {
            this.completion = completion;
        }

        @Override
        void answered(Answer answer) {
            completion.done(Wire.replies(answer)[0], Wire.shown(answer));
        }

        @Override
        void failed(Outcome outcome, String reason, String leader) {
            completion.failed(reason);
        }
    }

    static final class AppliedCall extends Call {
        private final Runnable arrived;

        AppliedCall(Runnable arrived) {
            this.arrived = arrived;
        }

        @Override
        void answered(Answer answer) {
            arrived.run();
        }

        @Override
        void failed(Outcome outcome, String reason, String leader) {
            LOG.debug("not known whether it is applied elsewhere: {}", reason);
        }
    }

    void send(ForwardRequest.Builder request, Call call) {
        String refusal;
        synchronized (lock) {
            ForwardRequest numbered = request.setId(++nextId).build();
            call.bytes = numbered.getSerializedSize();
            refusal = refusalOf(call);
            if (refusal.isEmpty()) {
                call.sentNanos = System.nanoTime();
                bytes += call.bytes;
                calls.put(nextId, call);
                hand(numbered, call);
            } else {
                noteFailed(call);
            }
        }
        if (!refusal.isEmpty()) {
            call.failed(Outcome.NOT_APPLIED, refusal, "");
        }
    }

    private String refusalOf(Call call) {
        if (call.bytes > ForwardClient.MESSAGE_BYTES_MAX) {
            return "a request of " + call.bytes + " bytes is too long to be sent to " + node;
        }
        if (call instanceof BundleCall bundle && bundle.attempt < lowestTaken.getOrDefault(bundle.sender, 0)) {
            return "an earlier bundle failed";
        }
        if (bytes > 0 && bytes + call.bytes > BYTES_MAX) {
            return "too much is under way to " + node;
        }
        if (stream == null && System.nanoTime() - brokenNanos < REOPEN_NANOS) {
            return "the stream to " + node + " is broken";
        }
        return "";
    }

    /** Nothing is sent any more of the attempt of a bundle that failed: it would overtake that bundle. */
    private void noteFailed(Call call) {
        if (call instanceof BundleCall bundle) {
            lowestTaken.merge(bundle.sender, bundle.attempt + 1, Math::max);
        }
    }

    private void hand(ForwardRequest request, Call call) {
        Stream open = stream;
        if (open == null) {
            stream = new Stream();
            waiting.add(request);
            stream.open();
        } else if (open.welcomed) {
            call.sent = true;
            open.send(request);
        } else {
            waiting.add(request);
        }
    }

    /** One life of the stream. */
    private final class Stream implements StreamObserver<ForwardReply> {
        private @Nullable StreamObserver<ForwardRequest> requests;
        private boolean welcomed;

        void open() {
            if (channel instanceof ManagedChannel managed) {
                // Else a node that was down for long is not tried again for up to two minutes after it is back.
                managed.resetConnectBackoff();
            }
            requests = ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(ForwardingGrpc.getExchangeMethod(), CallOptions.DEFAULT), this);
        }

        void send(ForwardRequest request) {
            java.util.Objects.requireNonNull(requests).onNext(request);
        }

        @Override
        public void onNext(ForwardReply reply) {
            if (reply.getId() == 0) {
                welcome();
                return;
            }
            Call call;
            synchronized (lock) {
                call = calls.remove(reply.getId());
                if (call != null) {
                    bytes -= call.bytes;
                    if (!reply.hasAnswer()) {
                        noteFailed(call);
                    }
                }
            }
            // None: it was given up meanwhile.
            if (call != null) {
                if (reply.hasAnswer()) {
                    call.answered(reply.getAnswer());
                } else {
                    Failure failure = reply.getFailure();
                    call.failed(Wire.outcome(failure), failure.getReason(), failure.getLeader());
                }
            }
        }

        private void welcome() {
            synchronized (lock) {
                welcomed = true;
                lastReason = "";
                for (ForwardRequest request : waiting) {
                    Call call = calls.get(request.getId());
                    if (call != null) {
                        call.sent = true;
                        send(request);
                    }
                }
                waiting.clear();
            }
        }

        @Override
        public void onError(Throwable error) {
            broken(this, error.toString());
        }

        @Override
        public void onCompleted() {
            broken(this, "the other node closed it");
        }
    }

    private void broken(Stream which, String reason) {
        List<Call> lost;
        boolean isNews;
        synchronized (lock) {
            if (stream != which) {
                return;
            }
            stream = null;
            brokenNanos = System.nanoTime();
            isNews = !reason.equals(lastReason);
            lastReason = reason;
            lost = new ArrayList<>(calls.values());
            lost.forEach(this::noteFailed);
            calls.clear();
            waiting.clear();
            bytes = 0;
        }
        // One line a reason, not one an attempt to open it again.
        if (isNews) {
            LOG.info("stream to {} broken with {} requests under way: {}", node, lost.size(), reason);
        }
        for (Call call : lost) {
            call.failed(call.lost(), "the stream to " + node + " broke: " + reason, "");
        }
    }

    void giveUpBefore(long nanos) {
        List<Call> late = new ArrayList<>();
        synchronized (lock) {
            calls.values().removeIf(call -> {
                boolean tooOld = call.sentNanos - nanos < 0;
                if (tooOld) {
                    late.add(call);
                    bytes -= call.bytes;
                    noteFailed(call);
                }
                return tooOld;
            });
        }
        for (Call call : late) {
            call.failed(call.lost(), "no answer from " + node, "");
        }
    }

    void close() {
        Stream open;
        synchronized (lock) {
            open = stream;
        }
        if (open != null) {
            broken(open, "this node stops");
            java.util.Objects.requireNonNull(open.requests).onCompleted();
        }
    }
}
