// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.entry;

import io.meridian.engine.ByteReader;
import io.meridian.engine.ByteWriter;
import io.meridian.engine.Bytes;
import io.meridian.engine.CorruptBytesException;
import io.meridian.engine.Reply;
import java.util.ArrayList;
import java.util.List;

/**
 * A reply as bytes: between nodes, and in the table of recent replies.
 *
 * <pre>
 * reply = 0 (OK) | 1 text:bytes | 2 line:bytes | 3 zigzag:varint | 4 content:bytes | 5 (nil) | 6 (nil array)
 *       | 7..11 count:varint reply* (array, pairs, tuples, members, push)
 *       | 12 bits:i64 (real) | 13 | 14 (false, true) | 15 format:bytes content:bytes
 * </pre>
 */
public final class ReplyCodec {
    /** Deeper replies than this no command makes. */
    static final int DEPTH_MAX = 32;

    private static final int OK = 0;
    private static final int STATUS = 1;
    private static final int FAILURE = 2;
    private static final int INT = 3;
    private static final int BULK = 4;
    private static final int NIL = 5;
    private static final int NIL_ARRAY = 6;
    private static final int ARRAY = 7;
    private static final int PAIRS = 8;
    private static final int TUPLES = 9;
    private static final int MEMBERS = 10;
    private static final int PUSH = 11;
    private static final int REAL = 12;
    private static final int FALSE = 13;
    private static final int TRUE = 14;
    private static final int VERBATIM = 15;

    private ReplyCodec() {}

    /** Appends a reply; throws IllegalArgumentException for a deferred one, or one nested too deep. */
    public static void write(ByteWriter out, Reply reply) {
        write(out, reply, DEPTH_MAX);
    }

    /** The next reply, a bulk's content a slice of the reader's array; throws CorruptBytesException for what is none. */
    public static Reply read(ByteReader in) {
        return read(in, DEPTH_MAX);
    }

    /** How many bytes {@link #write} appends; throws IllegalArgumentException for a deferred reply. */
    public static long length(Reply reply) {
        return switch (reply) {
            case Reply.Status status ->
                status.text().equals("OK")
                        ? 1
                        : taggedLength(Bytes.of(status.text()).length());
            case Reply.Failure failure -> taggedLength(Bytes.of(failure.line()).length());
            case Reply.Int number -> 1 + varintLength((number.value() << 1) ^ (number.value() >> 63));
            case Reply.Bulk bulk -> taggedLength(bulk.bytes().length());
            case Reply.Nil _, Reply.NilArray _, Reply.Truth _ -> 1;
            case Reply.Array array -> itemsLength(array.items());
            case Reply.Pairs pairs -> itemsLength(pairs.keysAndValues());
            case Reply.Tuples tuples -> itemsLength(tuples.keysAndValues());
            case Reply.Members members -> itemsLength(members.items());
            case Reply.Push push -> itemsLength(push.items());
            case Reply.Real _ -> 1 + Long.BYTES;
            case Reply.Verbatim verbatim ->
                taggedLength(Bytes.of(verbatim.format()).length())
                        + taggedLength(verbatim.bytes().length())
                        - 1;
            case Reply.Deferred _ -> throw new IllegalArgumentException("a deferred reply has no bytes");
        };
    }

    private static long taggedLength(int content) {
        return 1L + varintLength(content) + content;
    }

    private static long itemsLength(List<Reply> items) {
        long length = 1L + varintLength(items.size());
        for (Reply item : items) {
            length += length(item);
        }
        return length;
    }

    private static int varintLength(long value) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static void write(ByteWriter out, Reply reply, int depth) {
        if (depth == 0) {
            throw new IllegalArgumentException("a reply nested deeper than " + DEPTH_MAX);
        }
        switch (reply) {
            case Reply.Status status -> {
                if (status.text().equals("OK")) {
                    out.u8(OK);
                } else {
                    tagged(out, STATUS, Bytes.of(status.text()));
                }
            }
            case Reply.Failure failure -> tagged(out, FAILURE, Bytes.of(failure.line()));
            case Reply.Int number -> {
                out.u8(INT);
                out.varint((number.value() << 1) ^ (number.value() >> 63));
            }
            case Reply.Bulk bulk -> tagged(out, BULK, bulk.bytes());
            case Reply.Nil _ -> out.u8(NIL);
            case Reply.NilArray _ -> out.u8(NIL_ARRAY);
            case Reply.Array array -> items(out, ARRAY, array.items(), depth);
            case Reply.Pairs pairs -> items(out, PAIRS, pairs.keysAndValues(), depth);
            case Reply.Tuples tuples -> items(out, TUPLES, tuples.keysAndValues(), depth);
            case Reply.Members members -> items(out, MEMBERS, members.items(), depth);
            case Reply.Push push -> items(out, PUSH, push.items(), depth);
            case Reply.Real real -> {
                out.u8(REAL);
                out.i64(Double.doubleToLongBits(real.value()));
            }
            case Reply.Truth truth -> out.u8(truth.value() ? TRUE : FALSE);
            case Reply.Verbatim verbatim -> {
                tagged(out, VERBATIM, Bytes.of(verbatim.format()));
                out.bytes(verbatim.bytes());
            }
            case Reply.Deferred _ -> throw new IllegalArgumentException("a deferred reply has no bytes");
        }
    }

    private static void tagged(ByteWriter out, int tag, Bytes content) {
        out.u8(tag);
        out.bytes(content);
    }

    private static void items(ByteWriter out, int tag, List<Reply> items, int depth) {
        out.u8(tag);
        out.varint(items.size());
        for (Reply item : items) {
            write(out, item, depth - 1);
        }
    }

    private static Reply read(ByteReader in, int depth) {
        if (depth == 0) {
            throw new CorruptBytesException("a reply nested deeper than " + DEPTH_MAX);
        }
        int tag = in.u8();
        return switch (tag) {
            case OK -> Reply.OK;
            case STATUS -> new Reply.Status(in.bytes().toString());
            case FAILURE -> new Reply.Failure(in.bytes().toString());
            case INT -> {
                long zigzag = in.varint();
                yield Reply.Int.of((zigzag >>> 1) ^ -(zigzag & 1));
            }
            case BULK -> new Reply.Bulk(in.bytes());
            case NIL -> Reply.NIL;
            case NIL_ARRAY -> Reply.NIL_ARRAY;
            case ARRAY -> new Reply.Array(items(in, depth));
            case PAIRS -> new Reply.Pairs(items(in, depth));
            case TUPLES -> new Reply.Tuples(items(in, depth));
            case MEMBERS -> new Reply.Members(items(in, depth));
            case PUSH -> new Reply.Push(items(in, depth));
            case REAL -> new Reply.Real(Double.longBitsToDouble(in.i64()));
            case FALSE -> new Reply.Truth(false);
            case TRUE -> new Reply.Truth(true);
            case VERBATIM -> new Reply.Verbatim(in.bytes().toString(), in.bytes());
            default -> throw new CorruptBytesException("no reply has the tag " + tag);
        };
    }

    private static List<Reply> items(ByteReader in, int depth) {
        int count = in.count();
        // Grows as replies really come: a few nested lies must not allocate the count's size at every level.
        List<Reply> items = new ArrayList<>(Math.min(count, 64));
        for (int i = 0; i < count; i++) {
            items.add(read(in, depth - 1));
        }
        return items;
    }
}
