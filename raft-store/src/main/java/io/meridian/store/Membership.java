// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which nodes have replicas of a group at its beginning; later the group's log says so.
 *
 * @param group its name, {@code "eu-west/0"}
 * @param voters nodes of the home region, at least one
 * @param learners other nodes
 */
public record Membership(String group, List<String> voters, List<String> learners) {
    public Membership {
        voters = List.copyOf(voters);
        learners = List.copyOf(learners);
        Set<String> all = new HashSet<>(voters);
        all.addAll(learners);
        if (group.isBlank() || voters.isEmpty() || all.size() != voters.size() + learners.size()) {
            throw new IllegalArgumentException("a group needs a name, a voter, and each node once: " + group + " on "
                    + voters + " and " + learners);
        }
    }

    public boolean includes(String node) {
        return voters.contains(node) || learners.contains(node);
    }
}
