// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.Errors;
import io.meridian.engine.Moment;
import io.meridian.engine.value.Value;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** A numbered database as it is at a time, which also tells whether it has hidden a key that ended. */
public sealed class NumberedView implements KeyspaceView permits NumberedKeyspace {
    // A random key is one of so many that follow a random point: what stands behind a wide gap is not picked more
    // often.
    private static final int PICKS = 16;

    final GroupKeys keys;
    final int database;
    private final int number;
    private final long nowMillis;
    private final long seed;
    private final NumberedView root;
    private boolean metEnded;

    NumberedView(GroupKeys keys, int database, int number, long nowMillis, long seed) {
        this.keys = keys;
        this.database = database;
        this.number = number;
        this.nowMillis = nowMillis;
        this.seed = seed;
        this.root = this;
    }

    NumberedView(NumberedView sibling, int number) {
        this.keys = sibling.keys;
        this.database = sibling.database;
        this.number = GroupKeys.checked(number);
        this.nowMillis = sibling.nowMillis;
        this.seed = sibling.seed;
        this.root = sibling.root;
    }

    /**
     * Whether this view, or one it gave for another number, has hidden a key that has ended but is not removed yet: what a
     * linearizable read has to wait for.
     */
    public boolean metEnded() {
        return root.metEnded;
    }

    @Override
    public long nowMillis() {
        return nowMillis;
    }

    @Override
    public long draw(long n) {
        return Moment.mix(seed + (n + 1) * 0x9E3779B97F4A7C15L);
    }

    @Override
    public Optional<Value> find(Bytes key) {
        Object slot = slotOf(key);
        return slot == null ? Optional.empty() : Optional.of(Slot.value(slot));
    }

    @Override
    public <V extends Value> Optional<V> find(Bytes key, Class<V> type) {
        Object slot = slotOf(key);
        return slot == null ? Optional.empty() : Optional.of(typed(slot, type));
    }

    @Override
    public boolean exists(Bytes key) {
        return slotOf(key) != null;
    }

    @Override
    public OptionalLong expiryOf(Bytes key) {
        Object slot = slotOf(key);
        return slot == null ? OptionalLong.empty() : OptionalLong.of(Slot.expiry(slot));
    }

    @Override
    public long versionOf(Bytes key) {
        Object slot = slotOf(key);
        return slot == null ? -keys.version() : Slot.version(slot);
    }

    @Override
    public boolean isUnchanged(Bytes key, long version) {
        Object slot = held().find(key);
        if (slot != null && !hides(slot)) {
            return Slot.version(slot) == version;
        }
        // One that has ended and is not removed yet may have come since.
        long since = slot == null ? 0 : Slot.version(slot);
        return version <= 0 && since <= -version && keys.isAbsentSince(database, number, key, -version);
    }

    @Override
    public long size() {
        return held().table.size();
    }

    @Override
    public long expiringSize() {
        return held().expiries.size();
    }

    @Override
    public Optional<Bytes> randomKey() {
        KeyTable table = held().table;
        if (table.size() == 0) {
            return Optional.empty();
        }
        KeyTable.Walk walk = table.walkFrom(draw(0) >>> 32);
        long skip = Long.remainderUnsigned(draw(1), Math.min(PICKS, table.size()));
        // Twice around at most: once to skip, once to find a key that has not ended.
        for (long left = 2 * table.size(); left > 0; left--) {
            if (!walk.advance()) {
                walk = table.walkFrom(0);
                walk.advance();
            }
            if (skip > 0) {
                skip--;
            } else if (!hides(walk.slot())) {
                return Optional.of(Slot.key(walk.slot()));
            }
        }
        return Optional.empty();
    }

    @Override
    public long scan(long cursor, int count, BiPredicate<Bytes, Value> visitor) {
        if (cursor < 0 || cursor >= KeyTable.TAG_END) {
            return 0;
        }
        KeyTable.Walk walk = held().table.walkFrom(cursor);
        int seen = 0;
        int last = 0;
        while (walk.advance()) {
            // Keys with the same tag stay together: the cursor could not tell them apart.
            if (seen > 0 && seen >= count && walk.tag() != last) {
                return Integer.toUnsignedLong(walk.tag());
            }
            last = walk.tag();
            seen++;
            if (!hides(walk.slot())) {
                var _ = visitor.test(Slot.key(walk.slot()), Slot.value(walk.slot()));
            }
        }
        return 0;
    }

    @Override
    public void forEach(BiPredicate<Bytes, Value> visitor) {
        KeyTable.Walk walk = held().table.walkFrom(0);
        while (walk.advance()) {
            if (!hides(walk.slot()) && !visitor.test(Slot.key(walk.slot()), Slot.value(walk.slot()))) {
                return;
            }
        }
    }

    @Override
    public KeyspaceView numbered(int number) {
        return new NumberedView(this, number);
    }

    @Override
    public int number() {
        return number;
    }

    final NumberedKeys held() {
        return keys.at(database, number);
    }

    /** The slot of a key that has not ended. */
    final @Nullable Object slotOf(Bytes key) {
        Object slot = held().find(key);
        return slot == null || hides(slot) ? null : slot;
    }

    static <V extends Value> V typed(Object slot, Class<V> type) {
        Value value = Slot.value(slot);
        if (!type.isInstance(value)) {
            throw Errors.wrongType();
        }
        return type.cast(value);
    }

    private boolean hides(Object slot) {
        if (Slot.expiry(slot) > nowMillis) {
            return false;
        }
        root.metEnded = true;
        return true;
    }
}
