// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Numbers;

/**
 * A string: bytes that never change in place, so that replies and snapshots can hold slices of them.
 *
 * @param bytes the content; may be a slice of a packed entry
 */
public record StringValue(Bytes bytes) implements Value {
    /**
     * No string may be longer, as Redis has with proto-max-bulk-len: as large as the largest request, because a larger one could be
     * made of small commands but not be forwarded. Part of what entries mean, so the same on every replica.
     */
    public static final long BYTES_MAX = 64L << 20;

    /** Redis embeds a string of up to this many bytes in its object (object.c, OBJ_ENCODING_EMBSTR_SIZE_LIMIT). */
    private static final int EMBEDDED_BYTES_MAX = 44;

    /** Refuses the command that would make a string of so many bytes, before they are allocated. */
    public static void checkLength(long bytes) {
        if (bytes > BYTES_MAX) {
            throw new CommandException(Errors.TOO_LONG);
        }
    }

    @Override
    public String typeName() {
        return "string";
    }

    @Override
    public String encodingName() {
        if (Numbers.asLong(bytes).isPresent()) {
            return "int";
        }
        return bytes.length() <= EMBEDDED_BYTES_MAX ? "embstr" : "raw";
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public Value frozen() {
        return this;
    }

    @Override
    public long memoryBytes() {
        return 16L + bytes.length();
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.bytes(bytes);
    }

    static StringValue readFrom(ByteReader in) {
        return new StringValue(in.bytes().copy());
    }
}
