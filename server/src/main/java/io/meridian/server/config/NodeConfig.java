// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.AccessToken;
import io.meridian.router.topology.Catalog;
import io.meridian.router.topology.NodeId;
import io.meridian.router.topology.RegionId;
import io.meridian.router.topology.Topology;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Everything that one node is told when it starts, checked.
 *
 * @param node is in {@code topology}
 * @param eventLoops how many threads serve connections, from 1
 * @param peerSecret the digest of the word that nodes know each other by
 */
public record NodeConfig(
        NodeId node,
        Path data,
        Listen listen,
        Topology topology,
        Catalog catalog,
        Limits limits,
        Timeouts timeouts,
        RaftSettings raft,
        int eventLoops,
        Optional<AccessToken> peerSecret,
        LoggingSettings logging) {

    public String cluster() {
        return topology.cluster();
    }

    public RegionId region() {
        return topology.node(node).region();
    }
}
