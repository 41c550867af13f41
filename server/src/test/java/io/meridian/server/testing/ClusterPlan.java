// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.testing;

import java.util.List;

/**
 * What a cluster for a test consists of.
 *
 * @param regions the first is the home of the default database; each other one is the home of a database of its own name
 * @param roundTripMillis between any two regions
 * @param settings further lines of every node's configuration file
 */
public record ClusterPlan(List<String> regions, int nodesPerRegion, long roundTripMillis, String settings) {
    /** One region, and no delay. */
    public static ClusterPlan oneRegion(int nodes) {
        return new ClusterPlan(List.of("us"), nodes, 0, "");
    }

    /** Regions us, eu and ap, and no delay. */
    public static ClusterPlan threeRegions(int nodesPerRegion) {
        return new ClusterPlan(List.of("us", "eu", "ap"), nodesPerRegion, 0, "");
    }

    public ClusterPlan withRoundTripMillis(long millis) {
        return new ClusterPlan(regions, nodesPerRegion, millis, settings);
    }

    public ClusterPlan with(String more) {
        return new ClusterPlan(regions, nodesPerRegion, roundTripMillis, settings + more + "\n");
    }

    /** The names of a region's nodes: us-1, us-2 … */
    public List<String> nodesOf(String region) {
        return java.util.stream.IntStream.rangeClosed(1, nodesPerRegion)
                .mapToObj(i -> region + "-" + i)
                .toList();
    }

    public List<String> nodes() {
        return regions.stream().flatMap(region -> nodesOf(region).stream()).toList();
    }
}
