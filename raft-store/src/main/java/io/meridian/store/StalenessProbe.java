// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.grpc.BindableService;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meridian.proto.FreshnessAnswer;
import io.meridian.proto.FreshnessQuestion;
import io.meridian.proto.GroupFreshness;
import io.meridian.proto.StorePeerGrpc;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the nodes that lead what they have applied, one question a tick to each for all groups, and answers theirs.
 *
 * <p>See {@link Freshness} for what follows from an answer.
 */
final class StalenessProbe implements AutoCloseable {
    private final PeerIdentity self;
    private final PeerChannels channels;
    private final Map<String, Replica> replicas;
    private final Map<String, ProbeLink> links = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    /** @param replicas the node's, by group; changes */
    StalenessProbe(PeerIdentity self, PeerChannels channels, Map<String, Replica> replicas) {
        this.self = self;
        this.channels = channels;
        this.replicas = replicas;
    }

    /** Sends this tick's questions; by one thread. */
    void ask() {
        Map<String, List<String>> groupsByLeader = new HashMap<>();
        for (Replica replica : replicas.values()) {
            Optional<String> leader = replica.leader();
            if (leader.isPresent() && !leader.get().equals(self.node())) {
                groupsByLeader
                        .computeIfAbsent(leader.get(), _ -> new ArrayList<>())
                        .add(replica.group());
            }
        }
        // A node that leads nothing any more is not asked, and its stream not kept.
        links.entrySet().removeIf(link -> {
            boolean needless = !groupsByLeader.containsKey(link.getKey());
            if (needless) {
                link.getValue().close();
            }
            return needless;
        });
        groupsByLeader.forEach((leader, groups) -> {
            if (!isClosed) {
                links.computeIfAbsent(leader, node -> new ProbeLink(self, node, channels, this::learn))
                        .ask(groups);
            }
        });
    }

    private void learn(FreshnessAnswer answer, long askedNanos) {
        for (GroupFreshness group : answer.getGroupsList()) {
            Replica replica = replicas.get(group.getGroup());
            if (replica != null) {
                replica.learnFresh(group.getAppliedIndex(), askedNanos - group.getConfirmedNanosAgo());
            }
        }
    }

    private FreshnessAnswer answer(FreshnessQuestion question) {
        FreshnessAnswer.Builder answer = FreshnessAnswer.newBuilder().setNumber(question.getNumber());
        for (String group : question.getGroupsList()) {
            Replica replica = replicas.get(group);
            if (replica != null && replica.isLeader()) {
                replica.keepConfirmed();
                // The index is read after the age: what was committed before the confirmation is in it.
                long age = replica.freshness().confirmationAgeNanos();
                if (age != Long.MAX_VALUE) {
                    answer.addGroups(GroupFreshness.newBuilder()
                            .setGroup(group)
                            .setAppliedIndex(replica.appliedIndex())
                            .setConfirmedNanosAgo(age));
                }
            }
        }
        return answer.build();
    }

    BindableService service() {
        return new StorePeerGrpc.StorePeerImplBase() {
            @Override
            public StreamObserver<FreshnessQuestion> freshness(StreamObserver<FreshnessAnswer> answers) {
                return new Asker(answers);
            }
        };
    }

    /** One node's questions; gRPC calls it from one thread at a time. */
    private final class Asker implements StreamObserver<FreshnessQuestion> {
        private final StreamObserver<FreshnessAnswer> answers;
        private boolean isKnown;
        private boolean isOver;

        Asker(StreamObserver<FreshnessAnswer> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(FreshnessQuestion question) {
            if (isOver) {
                return;
            }
            if (!isKnown) {
                Optional<String> problem =
                        question.hasHello() ? self.problemWith(question.getHello()) : Optional.of("it says no hello");
                if (problem.isPresent()) {
                    isOver = true;
                    answers.onError(Status.PERMISSION_DENIED
                            .withDescription(problem.get())
                            .asRuntimeException());
                    return;
                }
                isKnown = true;
            }
            answers.onNext(answer(question));
        }

        @Override
        public void onError(Throwable broken) {
            isOver = true;
        }

        @Override
        public void onCompleted() {
            isOver = true;
            answers.onCompleted();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        links.values().forEach(ProbeLink::close);
    }
}
