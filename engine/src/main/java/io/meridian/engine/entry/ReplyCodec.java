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
 * Replies as bytes: in the table of replies of a snapshot, and between nodes.
 *
 * <p>One byte says the type; then a number (zigzag varint), a double (8 bytes), bytes with their length, or a count and so
 * many replies. A new type takes a new byte; none is ever used again for another.
 */
public final class ReplyCodec {
    private static final int DEPTH_MAX = 32;

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
    private static final int REAL = 11;
    private static final int TRUE = 12;
    private static final int FALSE = 13;
    private static final int VERBATIM = 14;
    private static final int PUSH = 15;

    private ReplyCodec() {}

    public static void write(ByteWriter out, Reply reply) {
        switch (reply) {
            case Reply.Status status -> {
                if (status.text().equals("OK")) {
                    out.u8(OK);
                } else {
                    text(out, STATUS, status.text());
                }
            }
            case Reply.Failure failure -> text(out, FAILURE, failure.line());
            case Reply.Int number -> {
                out.u8(INT);
                out.varint((number.value() << 1) ^ (number.value() >> 63));
            }
            case Reply.Bulk bulk -> {
                out.u8(BULK);
                out.bytes(bulk.bytes());
            }
            case Reply.Nil _ -> out.u8(NIL);
            case Reply.NilArray _ -> out.u8(NIL_ARRAY);
            case Reply.Array array -> all(out, ARRAY, array.items());
            case Reply.Pairs pairs -> all(out, PAIRS, pairs.keysAndValues());
            case Reply.Tuples tuples -> all(out, TUPLES, tuples.keysAndValues());
            case Reply.Members members -> all(out, MEMBERS, members.items());
            case Reply.Real real -> {
                out.u8(REAL);
                out.i64(Double.doubleToRawLongBits(real.value()));
            }
            case Reply.Truth truth -> out.u8(truth.value() ? TRUE : FALSE);
            case Reply.Verbatim verbatim -> {
                text(out, VERBATIM, verbatim.format());
                out.bytes(verbatim.bytes());
            }
            case Reply.Push push -> all(out, PUSH, push.items());
            case Reply.Deferred _ -> throw new IllegalArgumentException("a reply that is not there yet has no bytes");
        }
    }

    private static void text(ByteWriter out, int type, String text) {
        out.u8(type);
        out.bytes(Bytes.of(text));
    }

    private static void all(ByteWriter out, int type, List<Reply> items) {
        out.u8(type);
        out.varint(items.size());
        for (Reply item : items) {
            write(out, item);
        }
    }

    /** Bulk replies share the reader's array. */
    public static Reply read(ByteReader in) {
        return read(in, 0);
    }

    private static Reply read(ByteReader in, int depth) {
        int type = in.u8();
        return switch (type) {
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
            case REAL -> new Reply.Real(Double.longBitsToDouble(in.i64()));
            case TRUE -> new Reply.Truth(true);
            case FALSE -> new Reply.Truth(false);
            case VERBATIM -> new Reply.Verbatim(in.bytes().toString(), in.bytes());
            case PUSH -> new Reply.Push(items(in, depth));
            default -> throw new CorruptBytesException("a reply of type " + type);
        };
    }

    private static List<Reply> items(ByteReader in, int depth) {
        if (depth == DEPTH_MAX) {
            throw new CorruptBytesException("replies nested deeper than " + DEPTH_MAX);
        }
        int count = in.count();
        List<Reply> items = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            items.add(read(in, depth + 1));
        }
        return items;
    }
}
