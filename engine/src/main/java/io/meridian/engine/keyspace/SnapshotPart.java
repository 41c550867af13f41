// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * One numbered database as it was when a snapshot began: what the walk has not reached yet is either unchanged in the live
 * table or saved here as it was before its first change.
 */
final class SnapshotPart {
    final int database;
    final int number;
    private final NumberedKeys keys;
    private final KeyTable saved;
    // Tags below are taken already.
    private long next;

    SnapshotPart(int database, int number, NumberedKeys keys) {
        this.database = database;
        this.number = number;
        this.keys = keys;
        this.saved = new KeyTable(keys.table.hash());
    }

    /** Saves what a key is, if the walk still needs it; called before every change of it. */
    void beforeChange(int tag, Bytes key) {
        if (Integer.toUnsignedLong(tag) < next || saved.find(tag, key) != null) {
            return;
        }
        Object old = keys.table.find(tag, key);
        saved.add(tag, old == null ? Entry.absent(key) : Slot.frozen(old));
    }

    /**
     * The same before a removal. A key that came after the begin and goes again needs no more mention: else there would be one for
     * each of any number of short-lived keys.
     */
    void beforeRemoval(int tag, Bytes key) {
        if (Integer.toUnsignedLong(tag) < next) {
            return;
        }
        Object kept = saved.find(tag, key);
        if (kept instanceof Entry entry && entry.isAbsent()) {
            saved.remove(tag, key);
        } else if (kept == null) {
            Object old = keys.table.find(tag, key);
            if (old != null) {
                saved.add(tag, Slot.frozen(old));
            }
        }
    }

    /** How many keys are saved or noted as absent; for tests. */
    long savedCount() {
        return saved.size();
    }

    /** Takes slots in the order of tags, as they were, until they have about so many bytes; false when there are no more. */
    boolean take(int byteBudget, List<Object> into) {
        long end = takeLive(byteBudget, into);
        if (saved.size() > 0) {
            takeSaved(end, into);
        }
        next = end;
        if (next == KeyTable.TAG_END) {
            detach();
            return false;
        }
        return true;
    }

    /** Lets changes pass unsaved. */
    void detach() {
        if (keys.part == this) {
            keys.part = null;
        }
    }

    /** Takes what has not been changed since; returns the tag behind it. */
    private long takeLive(int byteBudget, List<Object> into) {
        KeyTable.Walk walk = keys.table.walkFrom(next);
        long bytes = 0;
        int last = 0;
        while (walk.advance()) {
            // Keys with the same tag stay together: whether a change came too late is told by the tag alone.
            if (bytes > 0 && bytes >= byteBudget && walk.tag() != last) {
                return Integer.toUnsignedLong(walk.tag());
            }
            last = walk.tag();
            Object slot = walk.slot();
            if (saved.size() == 0 || saved.find(walk.tag(), Slot.key(slot)) == null) {
                into.add(Slot.frozen(slot));
            }
            bytes += Slot.bytes(slot);
        }
        return KeyTable.TAG_END;
    }

    /** Takes what was saved below a tag, and lets go of it. */
    private void takeSaved(long end, List<Object> into) {
        List<Object> taken = new ArrayList<>();
        KeyTable.Walk walk = saved.walkFrom(next);
        while (walk.advance() && Integer.toUnsignedLong(walk.tag()) < end) {
            taken.add(walk.slot());
        }
        for (Object slot : taken) {
            Bytes key = Slot.key(slot);
            saved.remove(saved.tagOf(key), key);
            if (!(slot instanceof Entry entry && entry.isAbsent())) {
                into.add(slot);
            }
        }
    }
}
