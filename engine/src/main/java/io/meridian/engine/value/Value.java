// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteWriter;

/**
 * What a key holds.
 *
 * <p>Changed only by the applier, under the group's exclusive lock; read under its shared lock. What a getter returns
 * stays valid after the lock is released only where its Javadoc says so.
 */
public sealed interface Value permits StringValue, HashValue, ListValue {
    /** As the TYPE command names it. */
    String typeName();

    /** As OBJECT ENCODING names it: what Redis would use at this size and content. */
    String encodingName();

    /** Whether nothing is in it any more, so that its key must go; never true of a string. */
    boolean isEmpty();

    /**
     * This value as it is now, unaffected by later changes to this object; costs at most a copy of references, never of
     * contents, because contents do not change in place. What a running snapshot keeps of a value about to be changed.
     */
    Value frozen();

    /** About how many bytes of heap it takes, its key not counted (MEMORY USAGE). */
    long memoryBytes();

    /**
     * Writes the content for a snapshot or a digest: all that any command can show or pick from, in an order that is the same
     * on every replica, and nothing of how it happens to be laid out. Each type has a static {@code readFrom} that makes an
     * equal value of it, see {@link ValueCodec}.
     */
    void writeTo(ByteWriter out);
}
