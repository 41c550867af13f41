// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

import java.util.List;

/** What a client got back. */
public sealed interface Result {
    Result DONE = new Done();
    Result NIL = new Nil();

    /** An acknowledgement without a value. */
    record Done() implements Result {}

    /** The key does not exist. */
    record Nil() implements Result {}

    /** A string. */
    record Text(String value) implements Result {}

    /** An integer. */
    record Count(long value) implements Result {}

    /** A list, in its order. */
    record Elements(List<String> values) implements Result {
        public Elements {
            values = List.copyOf(values);
        }
    }

    /** An error, or why the outcome is unknown. */
    record Failure(String text) implements Result {}
}
