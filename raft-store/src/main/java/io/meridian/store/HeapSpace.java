// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Optional;

/**
 * Watches how full the process's heap is, so that growth stops before the JVM does: a replica that runs out of memory at an entry
 * does so again with each replay, and so do the others.
 *
 * <p>Looks at the old generation: in the young one garbage is the rule. Where the collector has none, it never says low.
 */
final class HeapSpace {
    private static final Optional<MemoryPoolMXBean> OLD = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .filter(pool -> pool.getName().contains("Old") || pool.getName().contains("Tenured"))
            .findFirst();

    private final int percentMax;

    /** @param percentMax how much of the heap may be in use after a collection */
    HeapSpace(int percentMax) {
        this.percentMax = percentMax;
    }

    /** Takes about a microsecond. */
    boolean isLow() {
        // What no collection has looked at yet may be garbage: so it may take more, but not all. Large arrays come at
        // once.
        return OLD.isPresent()
                && (isAbove(OLD.get().getCollectionUsage(), percentMax)
                        || isAbove(OLD.get().getUsage(), (percentMax + 100) / 2));
    }

    private static boolean isAbove(MemoryUsage usage, int percent) {
        return usage.getMax() > 0 && usage.getUsed() >= usage.getMax() / 100 * percent;
    }
}
