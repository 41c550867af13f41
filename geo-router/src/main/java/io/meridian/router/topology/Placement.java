// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

/** Which home region the keys of a database have, and so which group: all of them the same one. */
public record Placement(RegionId home) {
    /** The group that holds every key of the database. */
    public GroupId group() {
        return new GroupId(home, 0);
    }
}
