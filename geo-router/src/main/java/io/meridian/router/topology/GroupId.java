// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

import java.util.Comparator;

/**
 * The name of a group: its home region, and the number of its shard there.
 *
 * <p>Written {@code us-east/0}; {@link #parse} reads what {@link #toString} writes.
 */
public record GroupId(RegionId home, int shard) implements Comparable<GroupId> {
    private static final Comparator<GroupId> ORDER =
            Comparator.comparing(GroupId::home).thenComparingInt(GroupId::shard);

    public GroupId {
        if (shard < 0) {
            throw new IllegalArgumentException("shard " + shard + " is below 0");
        }
    }

    /** Throws IllegalArgumentException for anything but {@code <region>/<shard>}. */
    public static GroupId parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("'" + text + "' is not a group: expected <region>/<shard>");
        }
        return new GroupId(new RegionId(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    @Override
    public int compareTo(GroupId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return home + "/" + shard;
    }
}
