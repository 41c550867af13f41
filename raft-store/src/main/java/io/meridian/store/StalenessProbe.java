// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.meridian.proto.FreshnessAnswer;
import io.meridian.proto.GroupFreshness;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the nodes that lead what they have applied, one question a tick to each for all groups.
 *
 * <p>{@link StoreService} answers; see {@link Freshness} for what follows from an answer.
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
                        .ask(groups, stalled(groups));
            }
        });
    }

    private List<String> stalled(List<String> groups) {
        List<String> stalled = new ArrayList<>(0);
        for (String group : groups) {
            Replica replica = replicas.get(group);
            if (replica != null && replica.isStalled()) {
                stalled.add(group);
            }
        }
        return stalled;
    }

    private void learn(FreshnessAnswer answer, long askedNanos) {
        for (GroupFreshness group : answer.getGroupsList()) {
            Replica replica = replicas.get(group.getGroup());
            if (replica != null) {
                replica.learnFresh(group.getAppliedIndex(), askedNanos - group.getConfirmedNanosAgo());
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        links.values().forEach(ProbeLink::close);
    }
}
