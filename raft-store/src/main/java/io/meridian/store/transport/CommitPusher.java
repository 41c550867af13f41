// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import com.alipay.sofa.jraft.rpc.RpcRequests.AppendEntriesRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells replicas at once what is committed, where JRaft would wait for its next entries or heartbeat.
 *
 * <p>JRaft's own heartbeat would not do: it vouches only for what the replica has acknowledged, so a far replica would
 * learn of a commit one and a half round trips after the write. Here the commit index follows the entries on their ordered
 * stream, as an AppendEntries without entries whose previous entry is the last one sent. The replica takes it only if it
 * holds that very entry (Raft's log matching), and then everything up to it is the leader's log; so this is as safe as
 * JRaft's. The reply is not wanted: terms and indices of replies stay JRaft's business.
 */
final class CommitPusher {
    /** Sends a request to a node after all that was sent to it before on the entries' lane; false if not taken. */
    @FunctionalInterface
    interface Sender {
        boolean send(String node, AppendEntriesRequest request);
    }

    /** What was last sent to one replica of one group. */
    private static final class Tail {
        private long term;
        private String server = "";
        private String peer = "";
        private long lastIndex;
        private long lastTerm;
        private long told; // the commit index that the replica knows, once all that was sent arrives
    }

    private final Map<String, Map<String, Tail>> byGroup = new ConcurrentHashMap<>();
    private final Sender sender;
    private final TransportCounters counters;

    CommitPusher(Sender sender, TransportCounters counters) {
        this.sender = sender;
        this.counters = counters;
    }

    /** Notes entries that were just sent to the node; for each replica in the order of sending. */
    void sent(String node, AppendEntriesRequest request) {
        int count = request.getEntriesCount();
        if (count == 0) {
            return;
        }
        Tail tail = byGroup.computeIfAbsent(request.getGroupId(), _ -> new ConcurrentHashMap<>())
                .computeIfAbsent(node, _ -> new Tail());
        synchronized (tail) {
            if (request.getTerm() != tail.term) {
                tail.term = request.getTerm();
                tail.server = request.getServerId();
                tail.peer = request.getPeerId();
                tail.told = 0;
            }
            tail.lastIndex = request.getPrevLogIndex() + count;
            tail.lastTerm = request.getEntries(count - 1).getTerm();
            tail.told = Math.max(tail.told, Math.min(request.getCommittedIndex(), tail.lastIndex));
        }
    }

    /** Forgets a node whose stream broke: what was sent last may not have arrived. */
    void forget(String node) {
        byGroup.values().forEach(tails -> tails.remove(node));
    }

    /** Forgets a group that this node no longer has. */
    void forgetGroup(String group) {
        byGroup.remove(group);
    }

    int push(String group, long term, long committedIndex) {
        Map<String, Tail> tails = byGroup.get(group);
        if (tails == null) {
            return 0;
        }
        int pushed = 0;
        for (Map.Entry<String, Tail> entry : tails.entrySet()) {
            if (push(entry.getKey(), entry.getValue(), group, term, committedIndex)) {
                pushed++;
            }
        }
        counters.commitPushes.add(pushed);
        return pushed;
    }

    private boolean push(String node, Tail tail, String group, long term, long committedIndex) {
        AppendEntriesRequest request;
        synchronized (tail) {
            long index = Math.min(committedIndex, tail.lastIndex);
            // An index learned in another term says nothing of entries sent in this one: they may have been replaced.
            if (tail.term != term || index <= tail.told) {
                return false;
            }
            tail.told = index;
            request = AppendEntriesRequest.newBuilder()
                    .setGroupId(group)
                    .setServerId(tail.server)
                    .setPeerId(tail.peer)
                    .setTerm(term)
                    .setPrevLogIndex(tail.lastIndex)
                    .setPrevLogTerm(tail.lastTerm)
                    .setCommittedIndex(index)
                    .build();
        }
        return sender.send(node, request);
    }
}
