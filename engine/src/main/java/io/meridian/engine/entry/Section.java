// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.Bytes;

/** A part of an entry that is applied in one go. */
public sealed interface Section {
    /**
     * The writes of one bundle.
     *
     * @param origin who numbered the bundle
     * @param sequence its number
     * @param ackedBelow the lowest sequence whose replies the origin still waits for
     * @param items how many items there are in the bytes
     * @param bytes the items as {@link CommandCodec} has them; a slice of the entry
     */
    record Writes(long origin, long sequence, long ackedBelow, int items, Bytes bytes) implements Section {}

    /** Refuses what takes memory in this entry (Redis' denyoom commands): the leader's is nearly full. */
    record Full() implements Section {}

    /** Removes keys that have ended by the entry's moment, at most so many. */
    record Expire(int limit) implements Section {}

    /**
     * Begins the group: its first section; a later one has no effect.
     *
     * @param seed what keys are hashed with
     * @param incarnation tells this group from an earlier one of the same name, whose session tokens mean nothing here
     */
    record Genesis(long seed, long incarnation) implements Section {}
}
