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

    /** What this node, as its leader, knows of one group. */
    private static final class Group {
        private final String name;
        private final Map<String, Tail> tails = new ConcurrentHashMap<>();
        private volatile Commit commit = new Commit(0, 0);

        Group(String name) {
            this.name = name;
        }
    }

    private record Commit(long term, long index) {}

    private final Map<String, Group> groups = new ConcurrentHashMap<>();
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
        Group group = groups.computeIfAbsent(request.getGroupId(), Group::new);
        Tail tail = group.tails.computeIfAbsent(node, _ -> new Tail());
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
        // The others may have committed these entries, and the index been pushed, before this replica's were on their
        // way.
        if (tell(node, tail, group, group.commit)) {
            counters.commitPushes.increment();
        }
    }

    /** Forgets a node whose stream broke: what was sent last may not have arrived. */
    void forget(String node) {
        groups.values().forEach(group -> group.tails.remove(node));
    }

    /** Forgets a group that this node no longer has. */
    void forgetGroup(String group) {
        groups.remove(group);
    }

    int push(String name, long term, long committedIndex) {
        Group group = groups.get(name);
        if (group == null) {
            return 0;
        }
        Commit commit = new Commit(term, committedIndex);
        group.commit = commit; // before the tails are looked at: entries noted meanwhile see it
        int pushed = 0;
        for (Map.Entry<String, Tail> entry : group.tails.entrySet()) {
            if (tell(entry.getKey(), entry.getValue(), group, commit)) {
                pushed++;
            }
        }
        counters.commitPushes.add(pushed);
        return pushed;
    }

    private boolean tell(String node, Tail tail, Group group, Commit commit) {
        AppendEntriesRequest request;
        synchronized (tail) {
            long index = Math.min(commit.index(), tail.lastIndex);
            // An index learned in another term says nothing of entries sent in this one: they may have been replaced.
            if (tail.term != commit.term() || index <= tail.told) {
                return false;
            }
            tail.told = index;
            request = AppendEntriesRequest.newBuilder()
                    .setGroupId(group.name)
                    .setServerId(tail.server)
                    .setPeerId(tail.peer)
                    .setTerm(tail.term)
                    .setPrevLogIndex(tail.lastIndex)
                    .setPrevLogTerm(tail.lastTerm)
                    .setCommittedIndex(index)
                    .build();
        }
        return sender.send(node, request);
    }
}
