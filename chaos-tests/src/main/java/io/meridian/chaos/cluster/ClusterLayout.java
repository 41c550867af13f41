// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which nodes are in which region, and which region is the home of the data.
 *
 * @param regions the nodes of each region, in order
 * @param home the region whose nodes are voters; all others are learners
 * @param token the password of the user {@code default}
 */
public record ClusterLayout(Map<String, List<String>> regions, String home, String token) {
    public ClusterLayout {
        Map<String, List<String>> copy = new LinkedHashMap<>();
        regions.forEach((region, nodes) -> copy.put(region, List.copyOf(nodes)));
        regions = copy;
        if (!regions.containsKey(home)) {
            throw new IllegalArgumentException("the home region " + home + " is not one of " + regions.keySet());
        }
    }

    /** Voters in us-east, and learners in eu-west. */
    public static ClusterLayout of(int voters, int learners) {
        Map<String, List<String>> regions = new LinkedHashMap<>();
        regions.put("us-east", names("us-east", voters));
        if (learners > 0) {
            regions.put("eu-west", names("eu-west", learners));
        }
        return new ClusterLayout(regions, "us-east", "chaos-token");
    }

    private static List<String> names(String region, int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> region + "-" + i).toList();
    }

    /** All nodes, the first region's first. */
    public List<String> nodes() {
        return regions.values().stream().flatMap(Collection::stream).toList();
    }

    public List<String> voters() {
        return nodesOf(home);
    }

    public List<String> learners() {
        List<String> learners = new ArrayList<>(nodes());
        learners.removeAll(voters());
        return learners;
    }

    public List<String> nodesOf(String region) {
        return regions.getOrDefault(region, List.of());
    }

    /** The region of a node. */
    public String regionOf(String node) {
        return regions.entrySet().stream()
                .filter(region -> region.getValue().contains(node))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + node + " in " + regions));
    }

    /** How many voters may be gone while a quorum is left. */
    public int minority() {
        return (voters().size() - 1) / 2;
    }
}
