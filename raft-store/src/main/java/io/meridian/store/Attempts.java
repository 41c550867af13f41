// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.meridian.store.Proposal.Waiting;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps each origin's bundles in order across failures: the lowest attempt that is still taken from each.
 *
 * <p>When a bundle fails, later ones of the same attempt must not be applied, because one before them was not; and when an
 * origin has come with a higher attempt, what is left of lower ones came too late. Remembers the origins heard of last.
 * Guarded by its owner's lock.
 */
final class Attempts {
    /** An origin is an event loop of a node: far more than there are. */
    private static final int ORIGINS_MAX = 16_384;

    private final Map<Long, Integer> lowestTaken = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Integer> eldest) {
            return size() > ORIGINS_MAX;
        }
    };

    /** Nothing is taken any more of the attempt of a bundle that failed, nor of lower ones. */
    void failed(Waiting waiting) {
        lowestTaken.merge(waiting.bundle.origin(), waiting.attempt + 1, Math::max);
    }

    /** Whether the bundle may go on; one that may ends what is left of lower attempts. */
    boolean takes(Waiting waiting) {
        return lowestTaken.merge(waiting.bundle.origin(), waiting.attempt, Math::max) == waiting.attempt;
    }
}
