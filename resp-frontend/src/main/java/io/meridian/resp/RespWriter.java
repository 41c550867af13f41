// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Replies as bytes of RESP2 or RESP3, into an array that is used again and again. For one thread. */
public final class RespWriter {
    private static final byte[] OK = ascii("+OK\r\n");
    private static final byte[] NIL2 = ascii("$-1\r\n");
    private static final byte[] NIL3 = ascii("_\r\n");
    private static final byte[] NIL_ARRAY2 = ascii("*-1\r\n");

    /** From here on a writer that can spill does so instead of growing. */
    private static final int SPILL_BYTES = 64 * 1024;

    /** What an item of an array is counted as, beside its string: about what its type, length and line breaks take. */
    private static final int ITEM_BYTES = 8;

    private byte[] array = new byte[4096];
    private int length;
    private @Nullable BooleanSupplier spill;
    // Nobody wants the rest of the reply.
    private boolean gone;

    public byte[] array() {
        return array;
    }

    public int length() {
        return length;
    }

    public void clear() {
        length = 0;
    }

    /**
     * What takes over and clears the content when there is much of it in the middle of a reply, and says whether the rest of
     * that reply is wanted; null: it grows instead.
     */
    void spillTo(@Nullable BooleanSupplier taker) {
        spill = taker;
        gone = false;
    }

    /** What it holds on to between uses. */
    int capacity() {
        return array.length;
    }

    /** Appends a reply, as protocol 2 or 3 has it. */
    public void write(Reply reply, int protocol) {
        switch (reply) {
            case Reply.Bulk bulk -> bulk(bulk.bytes());
            case Reply.Status status -> {
                if (status.text().equals("OK")) {
                    raw(OK);
                } else {
                    line('+', status.text());
                }
            }
            case Reply.Int number -> number(':', number.value());
            case Reply.Nil _ -> raw(protocol == 2 ? NIL2 : NIL3);
            case Reply.NilArray _ -> raw(protocol == 2 ? NIL_ARRAY2 : NIL3);
            case Reply.Failure failure -> line('-', failure.line());
            case Reply.Array all -> {
                number('*', all.items().size());
                all(all.items(), protocol);
            }
            case Reply.Pairs pairs -> {
                int size = pairs.keysAndValues().size();
                number(protocol == 2 ? '*' : '%', protocol == 2 ? size : size / 2);
                all(pairs.keysAndValues(), protocol);
            }
            case Reply.Tuples tuples -> tuples(tuples.keysAndValues(), protocol);
            case Reply.Members members -> {
                number(protocol == 2 ? '*' : '~', members.items().size());
                all(members.items(), protocol);
            }
            case Reply.Push push -> {
                number(protocol == 2 ? '*' : '>', push.items().size());
                all(push.items(), protocol);
            }
            case Reply.Real real -> real(real.value(), protocol);
            case Reply.Truth truth -> {
                if (protocol == 2) {
                    number(':', truth.value() ? 1 : 0);
                } else {
                    line('#', truth.value() ? "t" : "f");
                }
            }
            case Reply.Verbatim verbatim -> verbatim(verbatim, protocol);
            case Reply.Deferred _ -> throw new IllegalArgumentException("a reply that is not there yet");
        }
    }

    /** The bytes of a reply's strings and some for each of its items; once they are more than enough, it stops counting. */
    static long contentBytes(Reply reply, long enough) {
        return switch (reply) {
            case Reply.Bulk bulk -> bulk.bytes().length();
            case Reply.Verbatim verbatim -> verbatim.bytes().length();
            case Reply.Array all -> contentBytes(all.items(), enough);
            case Reply.Pairs pairs -> contentBytes(pairs.keysAndValues(), enough);
            case Reply.Tuples tuples -> contentBytes(tuples.keysAndValues(), enough);
            case Reply.Members members -> contentBytes(members.items(), enough);
            case Reply.Push push -> contentBytes(push.items(), enough);
            case Reply.Status _,
                    Reply.Int _,
                    Reply.Nil _,
                    Reply.NilArray _,
                    Reply.Failure _,
                    Reply.Real _,
                    Reply.Truth _,
                    Reply.Deferred _ -> 0;
        };
    }

    private static long contentBytes(List<Reply> items, long enough) {
        long bytes = 0;
        for (int i = 0; i < items.size() && bytes <= enough; i++) {
            bytes += ITEM_BYTES + contentBytes(items.get(i), enough - bytes);
        }
        return bytes;
    }

    private void all(List<Reply> items, int protocol) {
        for (int i = 0; i < items.size() && !gone; i++) {
            write(items.get(i), protocol);
        }
    }

    private void tuples(List<Reply> items, int protocol) {
        if (protocol == 2) {
            number('*', items.size());
            all(items, protocol);
            return;
        }
        number('*', items.size() / 2);
        for (int i = 0; i < items.size() && !gone; i += 2) {
            number('*', 2);
            write(items.get(i), protocol);
            write(items.get(i + 1), protocol);
        }
    }

    private void real(double value, int protocol) {
        String text = io.meridian.engine.Numbers.format(value);
        if (protocol == 2) {
            bulk(Bytes.of(text));
        } else {
            line(',', text);
        }
    }

    private void verbatim(Reply.Verbatim verbatim, int protocol) {
        if (protocol == 2) {
            bulk(verbatim.bytes());
            return;
        }
        number('=', verbatim.bytes().length() + 4L);
        raw(ascii(verbatim.format() + ":"));
        Bytes bytes = verbatim.bytes();
        reserve(bytes.length() + 2);
        bytes.copyTo(array, length);
        length += bytes.length();
        end();
    }

    private void bulk(Bytes bytes) {
        bulkHeader(bytes.length());
        reserve(bytes.length() + 2);
        bytes.copyTo(array, length);
        length += bytes.length();
        end();
    }

    /** The first line of a bulk string whose content is written elsewhere. */
    void bulkHeader(int size) {
        number('$', size);
    }

    /** The line break that ends it. */
    void bulkEnd() {
        reserve(2);
        end();
    }

    private void line(char type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        reserve(bytes.length + 3);
        array[length++] = (byte) type;
        for (byte b : bytes) {
            // A client's own words in an error must not end its line.
            array[length++] = b == '\r' || b == '\n' ? (byte) ' ' : b;
        }
        end();
    }

    private void number(char type, long value) {
        reserve(24);
        array[length++] = (byte) type;
        long rest = value;
        if (rest < 0) {
            if (rest == Long.MIN_VALUE) {
                raw(ascii(Long.toString(rest)));
                reserve(2);
                end();
                return;
            }
            array[length++] = '-';
            rest = -rest;
        }
        int digits = 1;
        for (long bound = rest; bound >= 10; bound /= 10) {
            digits++;
        }
        for (int i = length + digits - 1; i >= length; i--) {
            array[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        end();
    }

    private void raw(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, array, length, bytes.length);
        length += bytes.length;
    }

    private void end() {
        array[length++] = '\r';
        array[length++] = '\n';
    }

    private void reserve(int count) {
        if (array.length - length < count) {
            makeRoom(count);
        }
    }

    private void makeRoom(int count) {
        BooleanSupplier takes = spill;
        if (takes != null && length >= SPILL_BYTES) {
            gone = !takes.getAsBoolean();
        }
        if (array.length - length < count) {
            array = Arrays.copyOf(
                    array, Math.max(Math.addExact(length, count), Math.addExact(array.length, array.length >> 1)));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
