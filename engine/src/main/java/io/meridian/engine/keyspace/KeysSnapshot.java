// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.ByteWriter;
import io.meridian.engine.value.ValueCodec;
import java.util.ArrayList;
import java.util.List;

/** Walks all keys of a group as they were when it began, while they go on changing; a group has one at a time. */
public final class KeysSnapshot {
    static final int PACKED = 0;
    static final int ENTRY = 1;

    private final List<SnapshotPart> parts;
    private final long keyCount;
    private final List<Object> taken = new ArrayList<>();
    private int current;
    private int takenFrom;

    KeysSnapshot(List<SnapshotPart> parts, long keyCount) {
        this.parts = parts;
        this.keyCount = keyCount;
    }

    /** How many keys there were. */
    public long keyCount() {
        return keyCount;
    }

    /**
     * Takes the next keys of one numbered database, about so many bytes of them and at least one, without writing them yet;
     * false when there are no more. Needs the group's shared lock, for some microseconds: references are taken, not contents.
     */
    public boolean take(int byteBudget) {
        taken.clear();
        while (taken.isEmpty() && current < parts.size()) {
            takenFrom = current;
            if (!parts.get(current).take(byteBudget, taken)) {
                current++;
            }
        }
        return !taken.isEmpty();
    }

    /** How many keys were taken last. */
    public int takenCount() {
        return taken.size();
    }

    /**
     * Appends the keys that were taken; needs no lock.
     *
     * <pre>
     * keys = database:varint number:u8 count:varint key*
     * key  = 0 packed:bytes                                        see PackedString
     *      | 1 key:bytes expiry:i64 version:varint value           see ValueCodec
     * </pre>
     */
    public void writeTaken(ByteWriter out) {
        out.varint(parts.get(takenFrom).database);
        out.u8(parts.get(takenFrom).number);
        out.varint(taken.size());
        for (Object slot : taken) {
            if (slot instanceof byte[] packed) {
                out.u8(PACKED);
                out.bytes(packed, 0, packed.length);
            } else {
                Entry entry = (Entry) slot;
                out.u8(ENTRY);
                out.bytes(entry.key, 0, entry.key.length);
                out.i64(entry.expiry);
                out.varint(entry.version);
                ValueCodec.write(out, entry.value);
            }
        }
    }

    /** Ends the walk, wherever it is: changes are not saved any more. Needs the group's shared lock. */
    public void close() {
        parts.forEach(SnapshotPart::detach);
        taken.clear();
        current = parts.size();
    }
}
