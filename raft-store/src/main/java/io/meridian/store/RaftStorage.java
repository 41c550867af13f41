// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import com.alipay.sofa.jraft.core.DefaultJRaftServiceFactory;
import com.alipay.sofa.jraft.entity.PeerId;
import com.alipay.sofa.jraft.option.RaftOptions;
import com.alipay.sofa.jraft.storage.LogStorage;
import com.alipay.sofa.jraft.storage.RaftMetaStorage;
import com.alipay.sofa.jraft.storage.impl.LocalRaftMetaStorage;
import java.util.function.BooleanSupplier;

/** What JRaft keeps its log and its votes in: its own classes, but for what ours add. */
public final class RaftStorage extends DefaultJRaftServiceFactory {
    private final BooleanSupplier mayVote;

    /** @param mayVote whether a vote may be given now; JRaft gives none that is not recorded */
    public RaftStorage(BooleanSupplier mayVote) {
        this.mayVote = mayVote;
    }

    @Override
    public LogStorage createLogStorage(String uri, RaftOptions options) {
        return new TailLogStorage(uri, options);
    }

    @Override
    public RaftMetaStorage createRaftMetaStorage(String uri, RaftOptions options) {
        return new Votes(uri, options);
    }

    private final class Votes extends LocalRaftMetaStorage {
        Votes(String path, RaftOptions options) {
            super(path, options);
        }

        @Override
        public boolean setVotedFor(PeerId peer) {
            return allows(peer) && super.setVotedFor(peer);
        }

        @Override
        public boolean setTermAndVotedFor(long term, PeerId peer) {
            return allows(peer) && super.setTermAndVotedFor(term, peer);
        }

        /** Giving none, as with a new term, is always allowed. */
        private boolean allows(PeerId peer) {
            return peer.isEmpty() || mayVote.getAsBoolean();
        }
    }
}
