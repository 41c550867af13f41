// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.List;

/** The replicas of one shard: voters on nodes of the home region, learners on nodes of all others. */
public record Group(GroupId id, List<NodeId> voters, List<NodeId> learners) {
    public Group {
        voters = List.copyOf(voters);
        learners = List.copyOf(learners);
    }

    public RegionId home() {
        return id.home();
    }

    public boolean isVoter(NodeId node) {
        return voters.contains(node);
    }

    /** Whether the node has a replica of this group, as voter or learner. */
    public boolean isOn(NodeId node) {
        return voters.contains(node) || learners.contains(node);
    }
}
