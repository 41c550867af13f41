// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import org.jspecify.annotations.Nullable;

/** All keys of one numbered database, with the index of those that end. */
final class NumberedKeys {
    final KeyTable table;
    final ExpiryIndex expiries = new ExpiryIndex();
    private final Removals removals;

    /** The running snapshot's view of these keys, as long as it wants to know of changes. */
    @Nullable
    SnapshotPart part;

    NumberedKeys(SipHash hash, Removals removals) {
        this.table = new KeyTable(hash);
        this.removals = removals;
    }

    @Nullable
    Object find(Bytes key) {
        return table.find(table.tagOf(key), key);
    }

    void put(Bytes key, Object slot) {
        int tag = table.tagOf(key);
        save(tag, key);
        Object old = table.put(tag, key, slot);
        if (old != null && Slot.expiry(old) != KeyspaceView.NEVER) {
            expiries.remove(old);
        }
        if (Slot.expiry(slot) != KeyspaceView.NEVER) {
            expiries.add(slot);
        }
    }

    @Nullable
    Object remove(Bytes key) {
        int tag = table.tagOf(key);
        if (part != null) {
            part.beforeRemoval(tag, key);
        }
        Object old = table.remove(tag, key);
        if (old != null) {
            removals.removed(tag, Slot.version(old));
        }
        if (old != null && Slot.expiry(old) != KeyspaceView.NEVER) {
            expiries.remove(old);
        }
        return old;
    }

    /** The entry of a key, about to be changed in place. */
    void beforeChange(Bytes key) {
        if (part != null) {
            save(table.tagOf(key), key);
        }
    }

    /** Sets the expiry of a slot that is in here. */
    void expire(Bytes key, Object slot, long expiry, long version) {
        if (slot instanceof Entry entry) {
            beforeChange(key);
            if (entry.expiry != KeyspaceView.NEVER) {
                expiries.remove(entry);
            }
            entry.expiry = expiry;
            entry.version = version;
            if (expiry != KeyspaceView.NEVER) {
                expiries.add(entry);
            }
        } else {
            put(key, PackedString.pack(key, PackedString.value((byte[]) slot), expiry, version));
        }
    }

    /** Adds a slot whose key is not there yet; false when it is. */
    boolean add(Object slot) {
        Bytes key = Slot.key(slot);
        int tag = table.tagOf(key);
        if (table.find(tag, key) != null) {
            return false;
        }
        table.add(tag, slot);
        if (Slot.expiry(slot) != KeyspaceView.NEVER) {
            expiries.add(slot);
        }
        return true;
    }

    private void save(int tag, Bytes key) {
        if (part != null) {
            part.beforeChange(tag, key);
        }
    }
}
