// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.meridian.engine.Bytes;
import io.meridian.engine.entry.EntryWriter;
import io.meridian.store.Proposal.Waiting;
import java.util.concurrent.ThreadLocalRandom;

/** Makes the bytes of a leader's entries, in a buffer that is kept. For one thread at a time. */
final class EntryBuilder {
    /** Keys removed by one entry at most: a slice of about a millisecond. */
    static final int EXPIRY_LIMIT = 1_000;

    private final EntryWriter writer = new EntryWriter();
    private final HeapSpace heap;
    private long lastMillis;

    EntryBuilder(HeapSpace heap) {
        this.heap = heap;
    }

    /** A new leader's moments must not be lower than those of the entries before. */
    void startFrom(long epochMillis) {
        lastMillis = Math.max(lastMillis, epochMillis);
    }

    /** The entry, in an array of its own: Raft keeps it. */
    Bytes build(Proposal proposal) {
        lastMillis = Math.max(lastMillis, System.currentTimeMillis());
        ThreadLocalRandom random = ThreadLocalRandom.current();
        writer.begin(lastMillis, random.nextLong());
        switch (proposal.extra) {
            case GENESIS -> writer.addGenesis(random.nextLong(), random.nextLong(1, Long.MAX_VALUE));
            case EXPIRY -> writer.addExpire(EXPIRY_LIMIT);
            case NONE -> {}
        }
        if (!proposal.bundles.isEmpty() && heap.isLow()) {
            // Said in the entry, so that all replicas refuse the same; what was applied before answers what it did
            // then.
            writer.addFull();
        }
        for (Waiting waiting : proposal.bundles) {
            if (!waiting.isOnlyReads()) {
                writer.add(waiting.bundle);
            }
        }
        return writer.finish();
    }
}
