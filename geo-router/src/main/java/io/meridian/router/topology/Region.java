// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.List;

/** A region and its nodes, in the order in which they were configured; never without nodes. */
public record Region(RegionId id, List<NodeAddress> nodes) {
    public Region {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("region " + id + " has no nodes");
        }
        for (NodeAddress node : nodes) {
            if (!node.region().equals(id)) {
                throw new IllegalArgumentException("node " + node.id() + " is of region " + node.region());
            }
        }
    }
}
