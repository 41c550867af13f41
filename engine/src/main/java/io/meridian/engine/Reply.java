// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The answer to a command, as data; a frontend writes it as RESP2, RESP3 or JSON.
 *
 * <p>The reply of a query may hold slices of values in the keyspace: strings and packed values never change in place, so
 * such a slice stays as it was read.
 */
public sealed interface Reply {
    Status OK = new Status("OK");
    Status PONG = new Status("PONG");
    Status QUEUED = new Status("QUEUED");
    Int ZERO = new Int(0);
    Int ONE = new Int(1);
    Nil NIL = new Nil();
    NilArray NIL_ARRAY = new NilArray();
    Array EMPTY_ARRAY = new Array(List.of());

    /**
     * A reply has no more items than this: a short command must not make of a large value what takes many times as much, on every
     * replica where a transaction or a write does it. Such a reply takes about 64 MiB beside the bytes of its items.
     */
    int ITEMS_MAX = 1 << 20;

    /** Refuses a command that would answer so many items; a write asks before it changes anything. */
    static void checkItems(long items) {
        if (items > ITEMS_MAX) {
            throw new CommandException(
                    "ERR the reply would have more than " + ITEMS_MAX + " items: ask for less at a time");
        }
    }

    /** A simple string. */
    record Status(String text) implements Reply {}

    /** A whole error line, its code first: {@code "ERR syntax error"}; without line breaks. */
    record Failure(String line) implements Reply {}

    record Int(long value) implements Reply {
        public static Int of(long value) {
            return value == 0 ? ZERO : value == 1 ? ONE : new Int(value);
        }
    }

    record Bulk(Bytes bytes) implements Reply {
        public static Bulk of(String text) {
            return new Bulk(Bytes.of(text));
        }
    }

    /** No value: a null bulk string in RESP2. */
    record Nil() implements Reply {}

    /** No value where an array was asked for: a null array in RESP2. */
    record NilArray() implements Reply {}

    record Array(List<Reply> items) implements Reply {}

    /** Keys and values in turn: a map in RESP3, a flat array in RESP2 and JSON. */
    record Pairs(List<Reply> keysAndValues) implements Reply {}

    /** Pairs that are an array of two-element arrays in RESP3, a flat array in RESP2 and JSON. */
    record Tuples(List<Reply> keysAndValues) implements Reply {}

    /** An unordered collection: a set in RESP3, an array elsewhere. */
    record Members(List<Reply> items) implements Reply {}

    /** A double in RESP3, its shortest text as a bulk string elsewhere. */
    record Real(double value) implements Reply {}

    /** A boolean in RESP3, 1 or 0 elsewhere. */
    record Truth(boolean value) implements Reply {}

    /** A text with a format of three letters in RESP3 (INFO), a bulk string elsewhere. */
    record Verbatim(String format, Bytes bytes) implements Reply {}

    /** Something that was not asked for: a push in RESP3, an array in RESP2. */
    record Push(List<Reply> items) implements Reply {}

    /** An answer that comes later, of local commands that wait (WAIT, MERIDIAN SYNC); never inside another, never in the log. */
    record Deferred(CompletionStage<Reply> reply) implements Reply {}
}
