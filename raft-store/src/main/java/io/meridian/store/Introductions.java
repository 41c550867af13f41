// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.meridian.proto.Acquaintance;
import io.meridian.proto.Introduction;
import io.meridian.proto.StorePeerGrpc;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a voter known to the group's other voters by its replica's random name, and keeps it from voting until a majority
 * remembers it.
 *
 * <p>A voter whose disk was lost comes back with another name: whoever remembers the old one says so, and it stops. It may
 * have given a vote or acknowledged an entry that it no longer knows, and a group must not count on it (Raft §5.4). A voter
 * that is lost before a majority remembered it has never voted.
 */
final class Introductions {
    private static final Logger LOG = LoggerFactory.getLogger(Introductions.class);
    private static final int ANSWER_BYTES_MAX = 64 * 1024;
    private static final long DEADLINE_SECONDS = 3;

    private final PeerIdentity self;
    private final PeerChannels channels;
    private final Membership membership;
    private final ReplicaFolder folder;
    private final Consumer<String> whenRefused;
    private final Set<String> asking = ConcurrentHashMap.newKeySet();
    private volatile boolean mayVote;
    private volatile boolean isKnownToAll;

    Introductions(
            PeerIdentity self,
            PeerChannels channels,
            Membership membership,
            ReplicaFolder folder,
            Consumer<String> whenRefused) {
        this.self = self;
        this.channels = channels;
        this.membership = membership;
        this.folder = folder;
        this.whenRefused = whenRefused;
        count();
    }

    /** Whether a majority of the voters remembers this replica, so that its votes may count. */
    boolean mayVote() {
        return mayVote;
    }

    /** Introduces the replica to those who do not know it yet. With each tick; does nothing once all do. */
    void introduce() {
        if (isKnownToAll) {
            return;
        }
        Set<String> acquainted = folder.acquainted();
        for (String voter : membership.voters()) {
            if (!voter.equals(self.node()) && !acquainted.contains(voter) && asking.add(voter)) {
                ask(voter);
            }
        }
    }

    private void ask(String voter) {
        ManagedChannel channel = channels.open(voter, ANSWER_BYTES_MAX).orElse(null);
        if (channel == null) {
            asking.remove(voter);
            return;
        }
        Introduction introduction = Introduction.newBuilder()
                .setHello(self.helloTo(voter))
                .setGroup(membership.group())
                .setReplica(folder.replicaId())
                .build();
        StorePeerGrpc.newStub(channel)
                .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                .introduce(introduction, new Answer(voter, channel));
    }

    private final class Answer implements StreamObserver<Acquaintance> {
        private final String voter;
        private final ManagedChannel channel;

        Answer(String voter, ManagedChannel channel) {
            this.voter = voter;
            this.channel = channel;
        }

        @Override
        public void onNext(Acquaintance acquaintance) {
            if (acquaintance.getReplica().equals(folder.replicaId())) {
                remember(voter);
            } else {
                whenRefused.accept("node " + voter + " remembers another replica of group " + membership.group()
                        + " on node " + self.node() + " (" + acquaintance.getReplica() + ", this one is "
                        + folder.replicaId()
                        + "): its disk was lost, and with it what it had promised. It must not come back under"
                        + " this node's name: restore its directory, or replace the node by one of another"
                        + " name");
            }
        }

        @Override
        public void onError(Throwable failed) {
            LOG.debug("node {} has not been introduced to: {}", voter, failed.toString());
            over();
        }

        @Override
        public void onCompleted() {
            over();
        }

        private void over() {
            asking.remove(voter);
            channel.shutdownNow();
        }
    }

    private void remember(String voter) {
        try {
            folder.noteAcquainted(voter);
            count();
        } catch (IOException failed) {
            LOG.warn("{} cannot be written: {}", folder.directory(), failed.toString());
        }
    }

    private void count() {
        Set<String> acquainted = folder.acquainted();
        boolean isVoter = membership.voters().contains(self.node());
        // A learner never votes, and who alone is the group needs nobody's memory.
        long known = membership.voters().stream()
                .filter(voter -> voter.equals(self.node()) || acquainted.contains(voter))
                .count();
        isKnownToAll = !isVoter || known == membership.voters().size();
        mayVote = isVoter && 2 * known > membership.voters().size();
    }
}
