// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A persistent list: appending shares everything before. */
public final class Chain {
    public static final Chain EMPTY = new Chain(null, "", 0, 17);

    private final @Nullable Chain before;
    private final String last;
    private final int length;
    private final int hash;

    private Chain(@Nullable Chain before, String last, int length, int hash) {
        this.before = before;
        this.last = last;
        this.length = length;
        this.hash = hash;
    }

    public Chain plus(String element) {
        return new Chain(this, element, length + 1, 31 * hash + element.hashCode());
    }

    public int length() {
        return length;
    }

    /** Whether it has exactly these elements in this order. */
    public boolean holds(List<String> values) {
        if (values.size() != length) {
            return false;
        }
        int at = length;
        for (Chain chain = this; chain.before != null; chain = chain.before) {
            at--;
            if (!chain.last.equals(values.get(at))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof Chain that) || that.hash != hash || that.length != length) {
            return false;
        }
        Chain mine = this;
        Chain theirs = that;
        while (mine != theirs && mine.before != null && theirs.before != null) {
            if (!mine.last.equals(theirs.last)) {
                return false;
            }
            mine = mine.before;
            theirs = theirs.before;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The length, then the last few elements. */
    @Override
    public String toString() {
        Deque<String> tail = new ArrayDeque<>();
        Chain chain = this;
        while (chain.before != null && tail.size() < 5) {
            tail.addFirst(chain.last);
            chain = chain.before;
        }
        return length + " elements [" + (length > tail.size() ? "…, " : "") + String.join(", ", tail) + "]";
    }
}
