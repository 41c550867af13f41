// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.CorruptBytesException;

/** A value of any type as bytes: a tag, then what {@link Value#writeTo} writes. The tags are in snapshots: never reused. */
public final class ValueCodec {
    private static final int STRING = 0;
    private static final int HASH = 1;
    private static final int LIST = 2;

    private ValueCodec() {}

    public static void write(ByteWriter out, Value value) {
        out.u8(
                switch (value) {
                    case StringValue _ -> STRING;
                    case HashValue _ -> HASH;
                    case ListValue _ -> LIST;
                });
        value.writeTo(out);
    }

    /** A value that shares nothing with the reader's array; throws CorruptBytesException for what write did not write. */
    public static Value read(ByteReader in) {
        int tag = in.u8();
        return switch (tag) {
            case STRING -> StringValue.readFrom(in);
            case HASH -> HashValue.readFrom(in);
            case LIST -> ListValue.readFrom(in);
            default -> throw new CorruptBytesException("no type of value has the tag " + tag);
        };
    }
}
