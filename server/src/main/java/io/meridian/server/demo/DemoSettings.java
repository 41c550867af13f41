// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.router.topology.Names;
import java.util.List;

/**
 * What a demo cluster consists of.
 *
 * @param regions names, the first is home to the default database
 * @param nodesPerRegion from 1
 * @param respPort of region 0, node 0; node j of region i listens 10·i + j above; 0 takes free ports
 * @param restPort the same for REST
 */
public record DemoSettings(List<String> regions, int nodesPerRegion, int respPort, int restPort, WideArea wideArea) {
    private static final int PORT_MAX = 65_535;

    /** How many nodes a region may have, so that ports do not meet. */
    public static final int NODES_MAX = 10;

    public DemoSettings {
        regions = List.copyOf(regions);
        if (regions.isEmpty() || regions.size() != regions.stream().distinct().count()) {
            throw new IllegalArgumentException("a demo needs at least one region, each once");
        }
        if (nodesPerRegion < 1 || nodesPerRegion > NODES_MAX) {
            throw new IllegalArgumentException("a region has from 1 to " + NODES_MAX + " nodes here");
        }
        for (String region : regions) {
            if (!Names.isName(region) || !Names.isName(node(region, nodesPerRegion - 1))) {
                throw new IllegalArgumentException(
                        "'" + region + "' is not " + Names.EXPECTED + ", with room for the number of a node");
            }
        }
        requirePorts("RESP", respPort, regions.size(), nodesPerRegion);
        requirePorts("REST", restPort, regions.size(), nodesPerRegion);
    }

    /** How large it is, for a person: {@code 3 regions of 3 nodes}. */
    public String size() {
        return counted(regions.size(), "region") + " of " + counted(nodesPerRegion, "node");
    }

    /** A number with what it counts, a word whose plural has an s. */
    static String counted(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** The name of a region's node; they count from 0, names from 1. */
    static String node(String region, int place) {
        return region + "-" + (place + 1);
    }

    private static void requirePorts(String what, int first, int regions, int nodes) {
        int last = first == 0 ? 0 : first + portOffset(regions - 1, nodes - 1);
        if (first < 0 || last > PORT_MAX) {
            throw new IllegalArgumentException(
                    "there are no " + what + " ports from " + first + " to " + last + " for each node");
        }
    }

    /** How far from the first port a node's is. */
    static int portOffset(int region, int place) {
        return NODES_MAX * region + place;
    }
}
