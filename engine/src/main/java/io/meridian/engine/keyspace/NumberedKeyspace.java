// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.Value;
import java.util.Arrays;
import java.util.Optional;

/** A numbered database that one mutation reads and changes. */
public final class NumberedKeyspace extends NumberedView implements Keyspace {
    // Doubling a longer string would leave too much of it empty.
    private static final int SPARE_MAX = 1 << 20;

    private final long version;

    NumberedKeyspace(GroupKeys keys, int database, int number, long nowMillis, long seed, long version) {
        super(keys, database, number, nowMillis, seed);
        this.version = version;
    }

    private NumberedKeyspace(NumberedKeyspace sibling, int number) {
        super(sibling, number);
        this.version = sibling.version;
    }

    @Override
    public void put(Bytes key, Value value, long expiryMillis) {
        if (expiryMillis <= nowMillis() || value.isEmpty()) {
            held().remove(key);
            return;
        }
        keys.atToChange(database, number()).put(key, Slot.of(key, value, expiryMillis, version));
    }

    @Override
    public boolean remove(Bytes key) {
        Object old = held().remove(key);
        return old != null && Slot.expiry(old) > nowMillis();
    }

    @Override
    public <V extends Value> Optional<V> findToChange(Bytes key, Class<V> type) {
        Object slot = slotOf(key);
        if (slot == null) {
            return Optional.empty();
        }
        V value = typed(slot, type);
        held().beforeChange(key);
        return Optional.of(value);
    }

    @Override
    public void changed(Bytes key) {
        // Only entries are changed in place; a packed string is put anew.
        if (slotOf(key) instanceof Entry entry) {
            entry.version = version;
            if (entry.value.isEmpty()) {
                held().remove(key);
            }
        }
    }

    @Override
    public boolean expire(Bytes key, long expiryMillis) {
        Object slot = slotOf(key);
        if (slot == null || expiryMillis <= nowMillis()) {
            held().remove(key);
            return slot != null;
        }
        held().expire(key, slot, expiryMillis, version);
        return true;
    }

    @Override
    public long append(Bytes key, Bytes more) {
        Object slot = slotOf(key);
        if (slot == null) {
            put(key, new StringValue(more), NEVER);
            return more.length();
        }
        Bytes old = typed(slot, StringValue.class).bytes();
        int length = Math.addExact(old.length(), more.length());
        if (slot instanceof Entry entry) {
            held().beforeChange(key);
            entry.value = new StringValue(extended(old, old.length(), more));
            entry.version = version;
            return length;
        }
        byte[] joined = new byte[length];
        old.copyTo(joined, 0);
        more.copyTo(joined, old.length());
        putOwn(key, joined, Slot.expiry(slot));
        return length;
    }

    @Override
    public long overwrite(Bytes key, int offset, Bytes patch) {
        Object slot = slotOf(key);
        Bytes old = slot == null ? Bytes.EMPTY : typed(slot, StringValue.class).bytes();
        int length = Math.max(old.length(), Math.addExact(offset, patch.length()));
        if (slot instanceof Entry entry && offset >= old.length()) {
            held().beforeChange(key);
            entry.value = new StringValue(extended(old, offset, patch));
            entry.version = version;
            return length;
        }
        // Replies and snapshots may hold what is visible: it does not change in place.
        byte[] changed = new byte[length];
        old.copyTo(changed, 0);
        patch.copyTo(changed, offset);
        putOwn(key, changed, slot == null ? NEVER : Slot.expiry(slot));
        return length;
    }

    @Override
    public void takes(long bytes) {
        keys.takes(bytes);
    }

    @Override
    public void clear() {
        keys.clear(database, number());
    }

    @Override
    public void swapWith(int number) {
        keys.swap(database, number(), GroupKeys.checked(number));
    }

    @Override
    public Keyspace numbered(int number) {
        return new NumberedKeyspace(this, number);
    }

    /** Puts a string whose array is nobody else's. */
    private void putOwn(Bytes key, byte[] content, long expiryMillis) {
        Object slot = content.length <= PackedString.VALUE_BYTES_MAX
                ? PackedString.pack(key, Bytes.of(content), expiryMillis, version)
                : new Entry(key.toArray(), new StringValue(Bytes.of(content)), expiryMillis, version);
        keys.atToChange(database, number()).put(key, slot);
    }

    /**
     * Writes from an offset behind the end of what is visible, in the same array if it has room: nobody holds a slice that far, and
     * what was not written yet is zero.
     */
    private static Bytes extended(Bytes old, int offset, Bytes more) {
        byte[] array = old.array();
        int length = Math.addExact(offset, more.length());
        if (array.length < length) {
            int spare = Math.min(length, Math.max(SPARE_MAX, length / 4));
            array = Arrays.copyOf(array, (int) Math.min(Integer.MAX_VALUE - 16, (long) length + spare));
        }
        more.copyTo(array, offset);
        return Bytes.of(array, 0, length);
    }
}
