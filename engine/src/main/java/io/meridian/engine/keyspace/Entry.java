// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.keyspace;

import io.meridian.engine.value.Value;

/** A key with a value that is not packed with it. Changed in place by the applier, under the group's exclusive lock. */
final class Entry {
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

    /** This entry as it is now, whatever becomes of this one and its value. */
    Entry frozen() {
        return new Entry(key, value.frozen(), expiry, version);
    }
}
