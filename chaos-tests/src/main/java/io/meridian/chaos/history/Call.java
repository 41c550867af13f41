// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

/** What a client asked of one key. */
public sealed interface Call {

    /** Overwrites a register. */
    record Set(String value) implements Call {}

    /** Reads a register or a counter; the result is {@link Result.Text} or {@link Result.Nil}. */
    record Get() implements Call {}

    /** Overwrites a register that holds the expected value; the result is {@link Result.Count} 1, else 0. */
    record CompareAndSet(String expected, String value) implements Call {}

    /** Adds one to a counter; the result is the new count. */
    record Increment() implements Call {}

    /** Appends one element, unique in its list; the result is the new length. */
    record Append(String element) implements Call {}

    /** Reads a whole list; the result is {@link Result.Elements}. */
    record ReadList() implements Call {}

    /** Whether this cannot change anything. */
    default boolean isRead() {
        return this instanceof Get || this instanceof ReadList;
    }
}
