// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.meridian.proto.Acquaintance;
import io.meridian.proto.FreshnessAnswer;
import io.meridian.proto.FreshnessQuestion;
import io.meridian.proto.GroupFreshness;
import io.meridian.proto.Hello;
import io.meridian.proto.Introduction;
import io.meridian.proto.StorePeerGrpc;
import io.meridian.store.transport.PeerIdentity;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Answers what other nodes' stores ask this one. */
final class StoreService extends StorePeerGrpc.StorePeerImplBase {
    private final PeerIdentity self;
    private final Map<String, Replica> replicas;
    private final Map<String, ReplicaFolder> folders;

    /**
     * @param replicas the node's that have been started, by group; changes
     * @param folders of those that have been or are being started, by group; changes
     */
    StoreService(PeerIdentity self, Map<String, Replica> replicas, Map<String, ReplicaFolder> folders) {
        this.self = self;
        this.replicas = replicas;
        this.folders = folders;
    }

    @Override
    public StreamObserver<FreshnessQuestion> freshness(StreamObserver<FreshnessAnswer> answers) {
        return new Asker(answers);
    }

    @Override
    public void introduce(Introduction introduction, StreamObserver<Acquaintance> answer) {
        Optional<String> problem = problemWith(introduction.hasHello(), introduction.getHello());
        ReplicaFolder folder = folders.get(introduction.getGroup());
        if (problem.isPresent()) {
            answer.onError(
                    Status.PERMISSION_DENIED.withDescription(problem.get()).asRuntimeException());
        } else if (folder == null) {
            answer.onError(Status.UNAVAILABLE
                    .withDescription("no replica of group " + introduction.getGroup() + " here, or not yet")
                    .asRuntimeException());
        } else {
            acquaint(folder, introduction, answer);
        }
    }

    private static void acquaint(ReplicaFolder folder, Introduction introduction, StreamObserver<Acquaintance> answer) {
        try {
            String known = folder.acquaint(introduction.getHello().getFromNode(), introduction.getReplica());
            answer.onNext(Acquaintance.newBuilder().setReplica(known).build());
            answer.onCompleted();
        } catch (IOException failed) {
            answer.onError(Status.INTERNAL.withDescription(failed.toString()).asRuntimeException());
        }
    }

    private Optional<String> problemWith(boolean hasHello, Hello hello) {
        return hasHello ? self.problemWith(hello) : Optional.of("it says no hello");
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
        for (String group : question.getStalledList()) {
            Replica replica = replicas.get(group);
            if (replica != null) {
                replica.unstall();
            }
        }
        return answer.build();
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
                Optional<String> problem = problemWith(question.hasHello(), question.getHello());
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
}
