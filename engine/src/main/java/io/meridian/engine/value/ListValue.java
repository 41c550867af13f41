// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;

/** A list: elements in chunks, so that both ends are cheap and the middle is reachable. */
public final class ListValue implements Value {
    @Override
    public String typeName() {
        return "list";
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

    static ListValue readFrom(ByteReader in) {
        in.count();
        return new ListValue();
    }
}
