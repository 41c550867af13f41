// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.meridian.store.transport.PeerTransport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftStorageTest {
    private static final PeerId CANDIDATE = PeerTransport.peerId("c");

    @TempDir
    Path directory;

    private boolean mayVote = true;

    private RaftMetaStorage open(RaftStorage storage) {
        RaftMetaStorage votes = storage.createRaftMetaStorage(directory.toString(), new RaftOptions());
        assertThat(votes.init(voteOptions())).isTrue();
        return votes;
    }

    private static RaftMetaStorageOptions voteOptions() {
        RaftMetaStorageOptions options = new RaftMetaStorageOptions();
        options.setNode(new NodeImpl("g", PeerTransport.peerId("a")));
        return options;
    }

    @Test
    void aVoteIsRememberedAsItWasGiven() {
        RaftMetaStorage votes = open(new RaftStorage(() -> true));
        assertThat(votes.getTerm()).isZero();
        assertThat(votes.getVotedFor().isEmpty()).isTrue();

        assertThat(votes.setTermAndVotedFor(5, CANDIDATE)).isTrue();
        assertThat(open(new RaftStorage(() -> true)).getVotedFor()).isEqualTo(CANDIDATE);
        assertThat(votes.setTermAndVotedFor(6, PeerId.emptyPeer())).isTrue();
        RaftMetaStorage again = open(new RaftStorage(() -> true));

        assertThat(again.getTerm()).isEqualTo(6);
        assertThat(again.getVotedFor().isEmpty()).isTrue();
    }

    /** Any of them might make it another term or another candidate: a second vote. */
    @Test
    void aVoteWithADamagedBitIsRefused() throws Exception {
        open(new RaftStorage(() -> true)).setTermAndVotedFor(5, CANDIDATE);
        byte[] whole = Files.readAllBytes(directory.resolve("vote"));
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));

            assertRefused(damaged);
        }
    }

    @Test
    void aTornVoteIsRefused() throws Exception {
        open(new RaftStorage(() -> true)).setTermAndVotedFor(5, CANDIDATE);
        byte[] whole = Files.readAllBytes(directory.resolve("vote"));
        for (int length = 0; length < whole.length; length++) {
            assertRefused(Arrays.copyOf(whole, length));
        }
    }

    private void assertRefused(byte[] vote) throws Exception {
        Files.write(directory.resolve("vote"), vote);
        RaftStorage storage = new RaftStorage(() -> true);

        assertThat(storage.createRaftMetaStorage(directory.toString(), new RaftOptions())
                        .init(voteOptions()))
                .as(new String(vote, StandardCharsets.ISO_8859_1))
                .isFalse();
        assertThat(storage.problem()).contains("record of its vote");
        assertThat(Files.readAllBytes(directory.resolve("vote"))).isEqualTo(vote);
    }

    /** JRaft stays in the new term, and asks for a vote in it to be recorded. */
    @Test
    void afterARecordThatFailedThereIsNoVoteUntilTheNextStart() throws Exception {
        RaftMetaStorage votes = open(new RaftStorage(() -> true));
        votes.setTermAndVotedFor(5, CANDIDATE);
        Path inTheWay = Files.createDirectory(directory.resolve("vote.tmp"));
        assertThat(votes.setTermAndVotedFor(6, PeerId.emptyPeer())).isFalse();
        Files.delete(inTheWay);

        assertThat(votes.setVotedFor(PeerTransport.peerId("d"))).isFalse();
        assertThat(votes.setTermAndVotedFor(7, CANDIDATE)).isFalse();

        RaftMetaStorage again = open(new RaftStorage(() -> true));
        assertThat(again.getTerm()).isEqualTo(5);
        assertThat(again.getVotedFor()).isEqualTo(CANDIDATE);
        again.shutdown();
        assertThat(again.setTermAndVotedFor(8, CANDIDATE)).isFalse();
    }

    @Test
    void aVoteThatIsAllowedLaterIsRecordedInTheTermThatItIsGivenIn() {
        RaftMetaStorage votes = open(new RaftStorage(() -> mayVote));
        mayVote = false;
        assertThat(votes.setTermAndVotedFor(4, PeerTransport.peerId("a"))).isFalse();
        mayVote = true;
        assertThat(votes.setVotedFor(CANDIDATE)).isTrue();

        RaftMetaStorage again = open(new RaftStorage(() -> true));
        assertThat(again.getTerm()).isEqualTo(4);
        assertThat(again.getVotedFor()).isEqualTo(CANDIDATE);
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
