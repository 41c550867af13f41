// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.Value;
import java.util.Arrays;

/** What stands in a slot of a key table: the array of a {@link PackedString}, or an {@link Entry}. */
final class Slot {
    private Slot() {}

    static Bytes key(Object slot) {
        return slot instanceof byte[] packed ? PackedString.key(packed) : Bytes.of(((Entry) slot).key);
    }

    static boolean hasKey(Object slot, Bytes key) {
        if (slot instanceof byte[] packed) {
            return key.contentEquals(packed, PackedString.keyStart(packed), PackedString.keyEnd(packed));
        }
        byte[] held = ((Entry) slot).key;
        return key.contentEquals(held, 0, held.length);
    }

    static Value value(Object slot) {
        return slot instanceof byte[] packed ? new StringValue(PackedString.value(packed)) : ((Entry) slot).value;
    }

    static long expiry(Object slot) {
        return slot instanceof byte[] packed ? PackedString.expiry(packed) : ((Entry) slot).expiry;
    }

    static long version(Object slot) {
        return slot instanceof byte[] packed ? PackedString.version(packed) : ((Entry) slot).version;
    }

    /** A slot for the key with this value, key and string content copied. */
    static Object of(Bytes key, Value value, long expiry, long version) {
        if (value instanceof StringValue string) {
            return string.bytes().length() <= PackedString.VALUE_BYTES_MAX
                    ? PackedString.pack(key, string.bytes(), expiry, version)
                    : new Entry(key.toArray(), new StringValue(string.bytes().copy()), expiry, version);
        }
        return new Entry(key.toArray(), value, expiry, version);
    }

    /** What stands in the slot now, whatever becomes of it. */
    static Object frozen(Object slot) {
        return slot instanceof Entry entry ? entry.frozen() : slot;
    }

    /** About how many bytes it takes, in the heap or written. */
    static long bytes(Object slot) {
        return slot instanceof byte[] packed
                ? packed.length
                : 32L + ((Entry) slot).key.length + ((Entry) slot).value.memoryBytes();
    }

    /** The order of the keys: by content, unsigned. */
    static int compareKeys(Object left, Object right) {
        byte[] a = keyArray(left);
        byte[] b = keyArray(right);
        return Arrays.compareUnsigned(a, keyStart(left), keyEnd(left), b, keyStart(right), keyEnd(right));
    }

    private static byte[] keyArray(Object slot) {
        return slot instanceof byte[] packed ? packed : ((Entry) slot).key;
    }

    private static int keyStart(Object slot) {
        return slot instanceof byte[] packed ? PackedString.keyStart(packed) : 0;
    }

    private static int keyEnd(Object slot) {
        return slot instanceof byte[] packed ? PackedString.keyEnd(packed) : ((Entry) slot).key.length;
    }
}
