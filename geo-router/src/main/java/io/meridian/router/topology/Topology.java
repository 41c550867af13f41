// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All regions, nodes and groups of a cluster.
 *
 * <p>Immutable. Every region is home to one group, of shard 0: its voters are all nodes of the region, its learners all
 * nodes of the other regions. Orders are those of the configuration, so that equal configurations give equal
 * topologies on every node.
 */
public final class Topology {
    private final String cluster;
    private final SequencedMap<RegionId, Region> regions = new LinkedHashMap<>();
    private final SequencedMap<NodeId, NodeAddress> nodes = new LinkedHashMap<>();
    private final SequencedMap<GroupId, Group> groups = new LinkedHashMap<>();

    /**
     * Throws IllegalArgumentException when there is no region, or when a region, node or peer address occurs twice.
     */
    public Topology(String cluster, List<Region> regions) {
        this.cluster = Names.require(cluster);
        if (regions.isEmpty()) {
            throw new IllegalArgumentException("a topology has at least one region");
        }
        Map<HostPort, NodeId> byPeer = new HashMap<>();
        for (Region region : regions) {
            requireNew(this.regions.putIfAbsent(region.id(), region), "region " + region.id());
            for (NodeAddress node : region.nodes()) {
                requireNew(nodes.putIfAbsent(node.id(), node), "node " + node.id());
                requireNew(byPeer.putIfAbsent(node.peer(), node.id()), "peer address " + node.peer());
            }
        }
        for (Region region : regions) {
            Group group = wholeRegion(region.id());
            groups.put(group.id(), group);
        }
    }

    private static void requireNew(@Nullable Object before, String what) {
        if (before != null) {
            throw new IllegalArgumentException(what + " occurs twice");
        }
    }

    private Group wholeRegion(RegionId home) {
        return new Group(
                new GroupId(home, 0),
                nodes.values().stream()
                        .filter(node -> node.region().equals(home))
                        .map(NodeAddress::id)
                        .toList(),
                nodes.values().stream()
                        .filter(node -> !node.region().equals(home))
                        .map(NodeAddress::id)
                        .toList());
    }

    public String cluster() {
        return cluster;
    }

    /** Depends on the names of regions and nodes, and on which node is in which region; not on addresses and order. */
    public long digest() {
        String names = nodes.values().stream()
                .map(node -> node.region() + "/" + node.id())
                .sorted()
                .collect(Collectors.joining(","));
        return SipHash.seeded(0).hash(Bytes.of(names));
    }

    public List<Region> regions() {
        return List.copyOf(regions.values());
    }

    public List<NodeAddress> nodes() {
        return List.copyOf(nodes.values());
    }

    public List<Group> groups() {
        return List.copyOf(groups.values());
    }

    /** The groups that have a replica on the node: voter or learner. */
    public List<Group> groupsOn(NodeId node) {
        return groups.values().stream().filter(group -> group.isOn(node)).toList();
    }

    public Optional<Region> findRegion(RegionId id) {
        return Optional.ofNullable(regions.get(id));
    }

    public Optional<NodeAddress> findNode(NodeId id) {
        return Optional.ofNullable(nodes.get(id));
    }

    /** Throws NoSuchElementException for a node that is not in this topology. */
    public NodeAddress node(NodeId id) {
        return findNode(id).orElseThrow(() -> missing("node " + id));
    }

    /** Throws NoSuchElementException for a group that is not in this topology. */
    public Group group(GroupId id) {
        Group group = groups.get(id);
        if (group == null) {
            throw missing("group " + id);
        }
        return group;
    }

    /**
     * The nodes with a replica of the group, nearest to {@code from} first: that node itself, the others of its region,
     * then all others in the order of the configuration.
     *
     * <p>Distances between regions are not known, so that farther regions are not ordered by them.
     */
    public List<NodeId> nearestFirst(GroupId group, NodeId from) {
        Group replicas = group(group);
        RegionId here = node(from).region();
        return nodes.values().stream()
                .filter(node -> replicas.isOn(node.id()))
                .sorted(Comparator.comparingInt(
                        node -> node.id().equals(from) ? 0 : node.region().equals(here) ? 1 : 2))
                .map(NodeAddress::id)
                .toList();
    }

    private NoSuchElementException missing(String what) {
        return new NoSuchElementException(what + " is not in the topology of cluster " + cluster);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Topology topology
                && cluster.equals(topology.cluster)
                && regions().equals(topology.regions());
    }

    @Override
    public int hashCode() {
        return Objects.hash(cluster, regions());
    }

    @Override
    public String toString() {
        return "Topology[cluster=" + cluster + ", regions=" + regions.values() + "]";
    }
}
