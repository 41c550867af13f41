// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.workload;

import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The keys of one kind: a few at a time, so that clients meet, each replaced after a while, so that its history stays
 * short enough to check.
 */
final class KeyRing {
    private final String prefix;
    private final int usesEach;
    private final AtomicIntegerArray uses;
    private final Set<String> all = new ConcurrentSkipListSet<>();

    KeyRing(String prefix, int atOnce, int usesEach) {
        this.prefix = prefix;
        this.usesEach = usesEach;
        this.uses = new AtomicIntegerArray(atOnce);
    }

    /** One of the keys in use now. */
    String pick(Random random) {
        int slot = random.nextInt(uses.length());
        String key = prefix + slot + "." + uses.getAndIncrement(slot) / usesEach;
        all.add(key);
        return key;
    }

    /** Every key that was ever picked. */
    List<String> all() {
        return List.copyOf(all);
    }
}
