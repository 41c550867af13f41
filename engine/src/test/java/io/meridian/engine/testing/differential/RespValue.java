// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.testing.CommandLine;
import java.util.List;
import java.util.stream.Collectors;

/** A reply as it goes over the wire: RESP2 and RESP3 differ here where they differ in bytes. */
public sealed interface RespValue {
    /** A simple string, {@code +}. */
    record Status(Bytes text) implements RespValue {
        @Override
        public String toString() {
            return "+" + CommandLine.show(text);
        }
    }

    /**
     * An error line, {@code -}; as text, because what it repeats of a command's bytes need not be UTF-8, and without blanks at
     * its end, which Redis makes of line breaks or cuts off.
     */
    record Failure(String line) implements RespValue {
        public Failure {
            line = line.stripTrailing();
        }

        @Override
        public String toString() {
            return "-" + line;
        }
    }

    record Int(long value) implements RespValue {
        @Override
        public String toString() {
            return ":" + value;
        }
    }

    record Bulk(Bytes bytes) implements RespValue {
        @Override
        public String toString() {
            return CommandLine.show(bytes);
        }
    }

    /** No value; the mark tells the three apart: {@code $-1} and {@code *-1} of RESP2, {@code _} of RESP3. */
    record Nil(String mark) implements RespValue {
        public static final Nil BULK = new Nil("$-1");
        public static final Nil ARRAY = new Nil("*-1");
        public static final Nil RESP3 = new Nil("_");

        @Override
        public String toString() {
            return mark;
        }
    }

    /** Several values; the mark tells arrays {@code *}, sets {@code ~}, maps {@code %} and pushes {@code >} apart. */
    record Items(char mark, List<RespValue> items) implements RespValue {
        @Override
        public String toString() {
            return mark + items.stream().map(RespValue::toString).collect(Collectors.joining(", ", "[", "]"));
        }
    }

    /** A value with a text of its own; the mark is {@code ,} for a double, {@code #} a boolean, {@code =} verbatim. */
    record Scalar(char mark, String text) implements RespValue {
        @Override
        public String toString() {
            return mark + text;
        }
    }

    /** The text of a status or bulk. */
    default Bytes content() {
        return switch (this) {
            case Status status -> status.text;
            case Bulk bulk -> bulk.bytes;
            default -> throw new AssertionError("no text: " + this);
        };
    }

    default List<RespValue> items() {
        if (this instanceof Items several) {
            return several.items;
        }
        throw new AssertionError("no items: " + this);
    }

    /** A reply of the engine as a frontend would write it. */
    static RespValue of(Reply reply, int protocol) {
        boolean resp3 = protocol == 3;
        return switch (reply) {
            case Reply.Status status -> new Status(Bytes.of(status.text()));
            case Reply.Failure failure -> new Failure(failure.line());
            case Reply.Int number -> new Int(number.value());
            case Reply.Bulk bulk -> new Bulk(bulk.bytes());
            case Reply.Nil _ -> resp3 ? Nil.RESP3 : Nil.BULK;
            case Reply.NilArray _ -> resp3 ? Nil.RESP3 : Nil.ARRAY;
            case Reply.Array array -> new Items('*', all(array.items(), protocol));
            case Reply.Pairs pairs -> new Items(resp3 ? '%' : '*', all(pairs.keysAndValues(), protocol));
            case Reply.Tuples tuples -> tuples(all(tuples.keysAndValues(), protocol), resp3);
            case Reply.Members members -> new Items(resp3 ? '~' : '*', all(members.items(), protocol));
            case Reply.Push push -> new Items(resp3 ? '>' : '*', all(push.items(), protocol));
            case Reply.Real real -> real(real.value(), resp3);
            case Reply.Truth truth ->
                resp3 ? new Scalar('#', truth.value() ? "t" : "f") : new Int(truth.value() ? 1 : 0);
            case Reply.Verbatim verbatim ->
                resp3 ? new Scalar('=', verbatim.format() + ":" + verbatim.bytes()) : new Bulk(verbatim.bytes());
            case Reply.Deferred _ -> throw new IllegalArgumentException("not answered yet");
        };
    }

    private static List<RespValue> all(List<Reply> replies, int protocol) {
        return replies.stream().map(reply -> of(reply, protocol)).toList();
    }

    private static RespValue tuples(List<RespValue> flat, boolean resp3) {
        if (!resp3) {
            return new Items('*', flat);
        }
        List<RespValue> pairs = new java.util.ArrayList<>();
        for (int i = 0; i < flat.size(); i += 2) {
            pairs.add(new Items('*', flat.subList(i, i + 2)));
        }
        return new Items('*', pairs);
    }

    private static RespValue real(double value, boolean resp3) {
        String text = value == Math.rint(value) && Math.abs(value) < 1e17
                ? Long.toString((long) value)
                : Double.toString(value);
        return resp3 ? new Scalar(',', text) : new Bulk(Bytes.of(text));
    }
}
