// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.LogStorageOptions;
import com.alipay.sofa.jraft.option.NodeOptions;
import com.alipay.sofa.jraft.option.RaftMetaStorageOptions;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.SnapshotStorage;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What JRaft keeps its log, its votes and its snapshots in: mostly its own classes, with checks and checksums of ours. */
public final class RaftStorage extends DefaultJRaftServiceFactory {
    private final BooleanSupplier mayVote;
    private final LongPredicate isWhole;
    private final @Nullable ReplicaFolder folder;
    private volatile @Nullable TailLogStorage log;
    private volatile @Nullable String problem;
    // Raised before it is recorded, and so before any vote that is given in it.
    private volatile long term;

    /** @param mayVote whether a vote may be given now; JRaft gives none that is not recorded */
    public RaftStorage(BooleanSupplier mayVote) {
        this(mayVote, _ -> true, null);
    }

    /**
     * @param isWhole whether a log that ends at this index has all that it must have; else it is not opened
     * @param folder where the replica's snapshots are; null for JRaft's own
     */
    RaftStorage(BooleanSupplier mayVote, LongPredicate isWhole, @Nullable ReplicaFolder folder) {
        this.mayVote = mayVote;
        this.isWhole = isWhole;
        this.folder = folder;
    }

    /** The last index that was written and synced since the log was opened; 0 for none. */
    long durableIndex() {
        TailLogStorage open = log;
        return open == null ? 0 : open.durableIndex();
    }

    /** The replica's term: at least that of each vote which it gave. 0 while it may not vote. Does not block. */
    long term() {
        return mayVote.getAsBoolean() ? term : 0;
    }

    /** What of it was found unusable when it was opened, in words for an operator; null for nothing. */
    @Nullable
    String problem() {
        return problem;
    }

    @Override
    public LogStorage createLogStorage(String uri, RaftOptions options) {
        TailLogStorage created = new TailLogStorage(uri, options) {
            @Override
            public boolean init(LogStorageOptions opened) {
                return super.init(opened) && isWhole.test(getLastLogIndex());
            }
        };
        log = created;
        return created;
    }

    @Override
    public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
        return new Votes(Path.of(uri));
    }

    @Override
    public SnapshotStorage createSnapshotStorage(NodeOptions options) {
        return folder == null
                ? super.createSnapshotStorage(options)
                : new SealedSnapshots(folder, options.getRaftOptions(), reason -> problem = reason);
    }

    private final class Votes extends VoteFile {
        Votes(Path directory) {
            super(directory, reason -> problem = reason);
        }

        @Override
        public boolean init(RaftMetaStorageOptions options) {
            if (!super.init(options)) {
                return false;
            }
            term = getTerm();
            return true;
        }

        @Override
        public boolean setTerm(long next) {
            term = next;
            return super.setTerm(next);
        }

        @Override
        public boolean setVotedFor(PeerId peer) {
            return allows(peer) && super.setVotedFor(peer);
        }

        @Override
        public boolean setTermAndVotedFor(long next, PeerId peer) {
            term = next;
            if (!allows(peer)) {
                // JRaft is in that term all the same: a vote that is allowed later must not be recorded under another.
                var _ = super.setTermAndVotedFor(next, PeerId.emptyPeer());
                return false;
            }
            return super.setTermAndVotedFor(next, peer);
        }

        /** Giving none, as with a new term, is always allowed. */
        private boolean allows(PeerId peer) {
            return peer.isEmpty() || mayVote.getAsBoolean();
        }
    }
}
