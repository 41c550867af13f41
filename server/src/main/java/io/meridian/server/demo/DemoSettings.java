// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import java.nio.file.Path;
import java.util.List;

/**
 * What a demo cluster consists of.
 *
 * @param regions names, the first is home to the default database
 * @param nodesPerRegion from 1
 * @param respPort of region 0, node 0; node j of region i listens 10·i + j above; 0 takes free ports
 * @param restPort the same for REST
 * @param data one folder a node is made in it
 */
public record DemoSettings(
        List<String> regions, int nodesPerRegion, int respPort, int restPort, Path data, WideArea wideArea) {
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
    }
}
