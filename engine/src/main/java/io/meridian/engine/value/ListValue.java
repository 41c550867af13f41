// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

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
}
