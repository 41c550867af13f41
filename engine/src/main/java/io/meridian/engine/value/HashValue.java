// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;

/** A hash: fields and their values, in a dense order of their own (append, swap on remove) that is the same on every replica. */
public final class HashValue implements Value {
    @Override
    public String typeName() {
        return "hash";
    }

    @Override
    public String encodingName() {
        return "listpack";
    }

    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public Value frozen() {
        return this;
    }

    @Override
    public long memoryBytes() {
        return 16;
    }

    @Override
    public void writeTo(ByteWriter out) {
        out.varint(0);
    }

    static HashValue readFrom(ByteReader in) {
        in.count();
        return new HashValue();
    }
}
