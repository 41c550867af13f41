// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.meridian.store.transport.PeerTransport;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftStorageTest {
    private static final PeerId CANDIDATE = PeerTransport.peerId("c");

    @TempDir
    Path directory;

    private boolean mayVote = true;

    private RaftMetaStorage open(RaftStorage storage) {
        RaftMetaStorage votes = storage.createRaftMetaStorage(directory.toString(), new RaftOptions());
        RaftMetaStorageOptions options = new RaftMetaStorageOptions();
        options.setNode(new NodeImpl("g", PeerTransport.peerId("a")));
        assertThat(votes.init(options)).isTrue();
        return votes;
    }

    @Test
    void theTermIsThatOfTheLatestVoteAlsoAfterAStart() {
        RaftStorage storage = new RaftStorage(() -> mayVote);
        assertThat(storage.term()).isZero();
        RaftMetaStorage votes = open(storage);

        votes.setTermAndVotedFor(4, PeerId.emptyPeer());
        assertThat(storage.term()).isEqualTo(4);
        votes.setTermAndVotedFor(5, CANDIDATE);
        assertThat(storage.term()).isEqualTo(5);
        votes.setTerm(6);
        assertThat(storage.term()).isEqualTo(6);

        RaftStorage again = new RaftStorage(() -> mayVote);
        open(again);
        assertThat(again.term()).isEqualTo(6);
    }

    @Test
    void aReplicaThatMayNotVoteHasNoTermToConfirmWith() {
        RaftStorage storage = new RaftStorage(() -> mayVote);
        RaftMetaStorage votes = open(storage);
        votes.setTermAndVotedFor(4, PeerId.emptyPeer());

        mayVote = false;

        assertThat(storage.term()).isZero();
        assertThat(votes.setTermAndVotedFor(5, CANDIDATE)).isFalse();
        mayVote = true;
        assertThat(storage.term()).isEqualTo(5);
    }
}
