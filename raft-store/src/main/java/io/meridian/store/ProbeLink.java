// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.meridian.proto.FreshnessAnswer;
import io.meridian.proto.FreshnessQuestion;
import io.meridian.proto.StorePeerGrpc;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The questions to one node that leads: a stream that is kept open, and made anew when it broke. */
final class ProbeLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeLink.class);
    private static final int ANSWER_BYTES_MAX = 1 << 20;
    /** Questions without an answer: as many as a round trip of three seconds holds. */
    private static final int OPEN_QUESTIONS_MAX = 32;

    private static final long RETRY_NANOS = 500_000_000;

    /** What an answer is good for. */
    interface Learner {
        void learn(FreshnessAnswer answer, long askedNanos);
    }

    private final PeerIdentity self;
    private final String node;
    private final PeerChannels channels;
    private final Learner learner;

    // The asking thread's own, but for the last: answers come on the event loop.
    private @Nullable ManagedChannel channel;
    private @Nullable Stream stream;
    private long number;
    private long openedNanos = System.nanoTime() - RETRY_NANOS;

    ProbeLink(PeerIdentity self, String node, PeerChannels channels, Learner learner) {
        this.self = self;
        this.node = node;
        this.channels = channels;
        this.learner = learner;
    }

    /**
     * Asks, unless too many questions are unanswered; without a stream it opens one first.
     *
     * @param stalled those of the groups whose replica here needs an entry to go on
     */
    synchronized void ask(List<String> groups, List<String> stalled) {
        Stream open = stream;
        FreshnessQuestion.Builder question =
                FreshnessQuestion.newBuilder().addAllGroups(groups).addAllStalled(stalled);
        if (open == null || open.isBroken) {
            open = reopen();
            if (open == null) {
                return;
            }
            question.setHello(self.helloTo(node));
        }
        if (open.asked.size() >= OPEN_QUESTIONS_MAX) {
            // The node is paused or the link is dead: what it answers later would be of no use.
            closeChannel();
            return;
        }
        number++;
        open.asked.put(number, System.nanoTime());
        StreamObserver<FreshnessQuestion> questions = open.questions;
        if (questions != null) {
            questions.onNext(question.setNumber(number).build());
        }
    }

    private @Nullable Stream reopen() {
        closeChannel();
        if (System.nanoTime() - openedNanos < RETRY_NANOS) {
            return null;
        }
        openedNanos = System.nanoTime();
        ManagedChannel opened = channels.open(node, ANSWER_BYTES_MAX).orElse(null);
        if (opened == null) {
            return null;
        }
        channel = opened;
        Stream fresh = new Stream();
        fresh.questions = StorePeerGrpc.newStub(opened).freshness(fresh);
        stream = fresh;
        return fresh;
    }

    private void closeChannel() {
        ManagedChannel open = channel;
        channel = null;
        stream = null;
        if (open != null) {
            open.shutdownNow();
        }
    }

    @Override
    public synchronized void close() {
        closeChannel();
    }

    /** One stream's answers. */
    private final class Stream implements StreamObserver<FreshnessAnswer> {
        private final Map<Long, Long> asked = new ConcurrentHashMap<>();
        private volatile boolean isBroken;
        private @Nullable StreamObserver<FreshnessQuestion> questions;

        @Override
        public void onNext(FreshnessAnswer answer) {
            Long askedNanos = asked.remove(answer.getNumber());
            if (askedNanos != null) {
                learner.learn(answer, askedNanos);
            }
        }

        @Override
        public void onError(Throwable broken) {
            isBroken = true;
            LOG.debug("node {} does not answer: {}", node, broken.toString());
        }

        @Override
        public void onCompleted() {
            isBroken = true;
        }
    }
}
