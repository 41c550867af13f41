// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

/** The name of a node, unique in its cluster. */
public record NodeId(String name) implements Comparable<NodeId> {
    public NodeId {
        Names.require(name);
    }

    @Override
    public int compareTo(NodeId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
