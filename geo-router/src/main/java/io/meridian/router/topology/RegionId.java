// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

/** The name of a region, unique in its cluster. */
public record RegionId(String name) implements Comparable<RegionId> {
    public RegionId {
        Names.require(name);
    }

    @Override
    public int compareTo(RegionId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
