// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.Bytes;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.Value;

/** A key with a value that is not packed with it. Changed in place by the applier, under the group's exclusive lock. */
final class Entry {
    // No key has it: versions are above 0.
    private static final long ABSENT = -1;

    final byte[] key;
    Value value;
    long expiry;
    long version;

    Entry(byte[] key, Value value, long expiry, long version) {
        this.key = key;
        this.value = value;
        this.expiry = expiry;
        this.version = version;
    }

    /** Says that there was no such key. */
    static Entry absent(Bytes key) {
        return new Entry(key.toArray(), new StringValue(Bytes.EMPTY), KeyspaceView.NEVER, ABSENT);
    }

    boolean isAbsent() {
        return version == ABSENT;
    }

    /** This entry as it is now, whatever becomes of this one and its value. */
    Entry frozen() {
        return new Entry(key, value.frozen(), expiry, version);
    }
}
