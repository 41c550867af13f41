// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.core.NodeImpl;
import com.alipay.sofa.jraft.entity.EnumOutter.ErrorType;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.error.RaftError;
import com.alipay.sofa.jraft.error.RaftException;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import io.meridian.store.transport.PeerTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A replica's term and the vote that it gave in it, in one small file with a checksum.
 *
 * <p>JRaft's own file has none: one damaged bit makes it another term or another candidate, and the replica votes twice. After
 * the first record that fails none is made until the next start, so no vote is given either: JRaft goes on in a term that was
 * not recorded, and a vote in it would be recorded under another. Called under the lock of JRaft's node.
 */
class VoteFile implements RaftMetaStorage {
    static final String NAME = "vote";

    private static final String TERM = "term";
    private static final String CANDIDATE = "candidate";

    private final Path directory;
    private final IdentityFile file;
    private final Consumer<String> whenUnusable;
    private @Nullable NodeImpl node;
    private long term;
    private PeerId candidate = PeerId.emptyPeer();
    // Nothing is recorded any more: JRaft may be in a term that the file does not know.
    private boolean closed;

    /** @param whenUnusable is told why the file is refused, in words for an operator */
    VoteFile(Path directory, Consumer<String> whenUnusable) {
        this.directory = directory;
        this.file = new IdentityFile(directory, NAME);
        this.whenUnusable = whenUnusable;
    }

    /** False for a file that is not wholly as it was written; a replica that has none yet is in term 0. */
    @Override
    public boolean init(RaftMetaStorageOptions options) {
        node = options.getNode();
        try {
            Files.createDirectories(directory);
            if (file.exists()) {
                term = file.readNumber(TERM);
                String name = file.read().getOrDefault(CANDIDATE, "");
                candidate = name.isEmpty() ? PeerId.emptyPeer() : PeerTransport.peerId(name);
            }
            return true;
        } catch (IOException | StoreException unusable) {
            whenUnusable.accept("the record of its vote is unusable: " + unusable.getMessage());
            return false;
        }
    }

    @Override
    public void shutdown() {
        closed = true;
    }

    @Override
    public boolean setTerm(long next) {
        return save(next, candidate);
    }

    @Override
    public long getTerm() {
        return term;
    }

    @Override
    public boolean setVotedFor(PeerId peer) {
        return save(term, peer);
    }

    @Override
    public PeerId getVotedFor() {
        return candidate;
    }

    @Override
    public boolean setTermAndVotedFor(long next, PeerId peer) {
        return save(next, peer);
    }

    private boolean save(long nextTerm, PeerId nextCandidate) {
        // Also where it is not recorded: it is the term that JRaft is in from now on.
        term = nextTerm;
        candidate = nextCandidate.copy();
        if (closed) {
            return false;
        }
        try {
            file.write(Map.of(TERM, Long.toString(nextTerm), CANDIDATE, RaftSettings.nodeOf(nextCandidate)));
            return true;
        } catch (IOException | RuntimeException | Error failed) {
            closed = true;
            NodeImpl voter = node;
            if (voter != null) {
                voter.onError(new RaftException(
                        ErrorType.ERROR_TYPE_META, RaftError.EIO, "its vote cannot be recorded: %s", failed));
            }
            return false;
        }
    }
}
