// SPDX-License-Identifier: Apache-2.0
package io.meridian.router;

import java.util.Arrays;

/** A session's floors: for each group the index below which it must not be shown anything. For one thread. */
final class Floors {
    private final long[] indexes;
    private final long[] incarnations;
    private long changes;

    /** @param groups how many groups the topology has; they are addressed by ordinal */
    Floors(int groups) {
        this.indexes = new long[groups];
        this.incarnations = new long[groups];
    }

    /** The floor for a group of this incarnation; 0 when there is none, or it was of another incarnation. */
    long of(int ordinal, long incarnation) {
        return incarnations[ordinal] == incarnation ? indexes[ordinal] : 0;
    }

    /** Raises the floor; an index of another incarnation than the one so far replaces it. */
    void raise(int ordinal, long incarnation, long index) {
        if (incarnations[ordinal] != incarnation) {
            incarnations[ordinal] = incarnation;
            indexes[ordinal] = index;
            changes++;
        } else if (index > indexes[ordinal]) {
            indexes[ordinal] = index;
            changes++;
        }
    }

    /** A number that is another one after each change. */
    long changes() {
        return changes;
    }

    long index(int ordinal) {
        return indexes[ordinal];
    }

    long incarnation(int ordinal) {
        return incarnations[ordinal];
    }

    int size() {
        return indexes.length;
    }

    void clear() {
        changes++;
        Arrays.fill(indexes, 0);
        Arrays.fill(incarnations, 0);
    }
}
