// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.NodeId;
import io.meridian.router.topology.RegionId;
import io.meridian.router.topology.Topology;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that one node is told when it starts, checked.
 *
 * @param node is in {@code topology}
 * @param leaders the node that is to lead the group of a region when it can, for some regions; a node of that region
 * @param eventLoops how many threads serve connections, from 1
 * @param peerSecret the digest of the word that nodes know each other by
 */
public record NodeConfig(
        NodeId node,
        Path data,
        Listen listen,
        Topology topology,
        Map<RegionId, NodeId> leaders,
        Catalog catalog,
        Limits limits,
        Timeouts timeouts,
        RaftSettings raft,
        int eventLoops,
        Optional<AccessToken> peerSecret,
        LoggingSettings logging) {
    public NodeConfig {
        leaders = Map.copyOf(leaders);
    }

    public String cluster() {
        return topology.cluster();
    }

    /** The node that is to lead the group at home in a region when it can; empty for whoever is elected. */
    public Optional<NodeId> preferredLeader(RegionId home) {
        return Optional.ofNullable(leaders.get(home));
    }

    public RegionId region() {
        return topology.node(node).region();
    }
}
