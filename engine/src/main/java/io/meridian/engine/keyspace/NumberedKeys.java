// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.SipHash;
import org.jspecify.annotations.Nullable;

/** All keys of one numbered database, with the index of those that end. */
final class NumberedKeys {
    final KeyTable table;
    final ExpiryIndex expiries = new ExpiryIndex();

    NumberedKeys(SipHash hash) {
        this.table = new KeyTable(hash);
    }

    @Nullable
    Object find(Bytes key) {
        return table.find(table.tagOf(key), key);
    }

    void put(Bytes key, Object slot) {
        Object old = table.put(table.tagOf(key), key, slot);
        if (old != null && Slot.expiry(old) != KeyspaceView.NEVER) {
            expiries.remove(old);
        }
        if (Slot.expiry(slot) != KeyspaceView.NEVER) {
            expiries.add(slot);
        }
    }

    @Nullable
    Object remove(Bytes key) {
        Object old = table.remove(table.tagOf(key), key);
        if (old != null && Slot.expiry(old) != KeyspaceView.NEVER) {
            expiries.remove(old);
        }
        return old;
    }

    /** The entry of a key, about to be changed in place. */
    void beforeChange(Bytes key) {}

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
}
