// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import io.meridian.engine.Bytes;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Replies as Upstash writes them in JSON: always in their RESP2 shape, strings, integers, null and arrays, nothing else.
 *
 * <p>Writes into an array that is used again and again. A reply that cannot be written throws an exception, and leaves nothing
 * behind. For one thread.
 */
final class JsonReplies {
    private static final int KEPT_BYTES_MAX = 256 * 1024;
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] BASE64 = ascii("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    private static final byte[] RESULT = ascii("{\"result\":");
    private static final byte[] ERROR = ascii("{\"error\":");
    private static final byte[] NULL = ascii("null");

    private byte[] array = new byte[1024];
    private int length;

    /** The body of a single command's answer. */
    byte[] single(Reply reply, boolean base64) {
        try {
            entry(reply, base64);
            return Arrays.copyOf(array, length);
        } finally {
            clear();
        }
    }

    /** The body of a pipeline's answer: an entry for each reply. */
    byte[] many(List<Reply> replies, boolean base64) {
        try {
            put('[');
            for (int i = 0; i < replies.size(); i++) {
                if (i > 0) {
                    put(',');
                }
                entry(replies.get(i), base64);
            }
            put(']');
            return Arrays.copyOf(array, length);
        } finally {
            clear();
        }
    }

    static byte[] error(String line) {
        return new JsonReplies().single(new Reply.Failure(line), false);
    }

    /** Also after a failure: the next answer is another client's, who must see nothing of this one. */
    private void clear() {
        length = 0;
        if (array.length > KEPT_BYTES_MAX) {
            array = new byte[1024];
        }
    }

    private void entry(Reply reply, boolean base64) {
        if (reply instanceof Reply.Failure failure) {
            failure(failure);
            return;
        }
        raw(RESULT);
        // A top-level OK stays as it is: the SDKs look for it before they decode.
        boolean isOk = reply instanceof Reply.Status status && status.text().equals("OK");
        value(reply, base64 && !isOk);
        put('}');
    }

    private void failure(Reply.Failure failure) {
        raw(ERROR);
        string(Bytes.of(failure.line()), false);
        put('}');
    }

    private void value(Reply reply, boolean base64) {
        switch (reply) {
            case Reply.Bulk bulk -> string(bulk.bytes(), base64);
            case Reply.Status status -> string(Bytes.of(status.text()), base64);
            case Reply.Verbatim verbatim -> string(verbatim.bytes(), base64);
            case Reply.Real real -> string(Bytes.of(Numbers.format(real.value())), base64);
            case Reply.Int number -> raw(ascii(Long.toString(number.value())));
            case Reply.Truth truth -> put(truth.value() ? '1' : '0');
            case Reply.Nil _, Reply.NilArray _ -> raw(NULL);
            case Reply.Array items -> all(items.items(), base64);
            case Reply.Pairs pairs -> all(pairs.keysAndValues(), base64);
            case Reply.Tuples tuples -> all(tuples.keysAndValues(), base64);
            case Reply.Members members -> all(members.items(), base64);
            case Reply.Push push -> all(push.items(), base64);
            case Reply.Failure failure -> failure(failure);
            case Reply.Deferred _ -> throw new IllegalArgumentException("a reply that is not there yet");
        }
    }

    private void all(List<Reply> items, boolean base64) {
        put('[');
        for (int i = 0; i < items.size(); i++) {
            if (i > 0) {
                put(',');
            }
            value(items.get(i), base64);
        }
        put(']');
    }

    private void string(Bytes text, boolean base64) {
        put('"');
        if (base64) {
            encoded(text.array(), text.offset(), text.length());
        } else if (isAscii(text)) {
            escaped(text.array(), text.offset(), text.length());
        } else {
            // Decoded, so that what is not UTF-8 becomes U+FFFD.
            byte[] valid = text.toString().getBytes(StandardCharsets.UTF_8);
            escaped(valid, 0, valid.length);
        }
        put('"');
    }

    private static boolean isAscii(Bytes text) {
        byte[] bytes = text.array();
        int end = text.offset() + text.length();
        for (int i = text.offset(); i < end; i++) {
            if (bytes[i] < 0) {
                return false;
            }
        }
        return true;
    }

    private void escaped(byte[] bytes, int offset, int count) {
        int end = offset + count;
        int plain = offset;
        for (int i = offset; i < end; i++) {
            byte b = bytes[i];
            if ((b >= 0 && b < ' ') || b == '"' || b == '\\') {
                raw(bytes, plain, i - plain);
                escape(b);
                plain = i + 1;
            }
        }
        raw(bytes, plain, end - plain);
    }

    private void escape(byte b) {
        put('\\');
        switch (b) {
            case '"', '\\' -> put((char) b);
            case '\n' -> put('n');
            case '\r' -> put('r');
            case '\t' -> put('t');
            case '\b' -> put('b');
            case '\f' -> put('f');
            default -> {
                put('u');
                put('0');
                put('0');
                put((char) HEX[b >> 4]);
                put((char) HEX[b & 15]);
            }
        }
    }

    private void encoded(byte[] bytes, int offset, int count) {
        reserve((count + 2) / 3 * 4);
        int end = offset + count;
        for (int i = offset; i < end; i += 3) {
            int left = end - i;
            int bits = (bytes[i] & 0xFF) << 16
                    | (left > 1 ? (bytes[i + 1] & 0xFF) << 8 : 0)
                    | (left > 2 ? bytes[i + 2] & 0xFF : 0);
            array[length++] = BASE64[bits >> 18];
            array[length++] = BASE64[bits >> 12 & 63];
            array[length++] = left > 1 ? BASE64[bits >> 6 & 63] : (byte) '=';
            array[length++] = left > 2 ? BASE64[bits & 63] : (byte) '=';
        }
    }

    private void put(char ascii) {
        reserve(1);
        array[length++] = (byte) ascii;
    }

    private void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    private void raw(byte[] bytes, int offset, int count) {
        reserve(count);
        System.arraycopy(bytes, offset, array, length, count);
        length += count;
    }

    private void reserve(int count) {
        if (array.length - length < count) {
            array = Arrays.copyOf(
                    array, Math.max(Math.addExact(length, count), Math.addExact(array.length, array.length >> 1)));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** About how many bytes a reply takes on the wire: what the limit on replies is held against. */
    static long size(Reply reply) {
        return switch (reply) {
            case Reply.Bulk bulk -> bulk.bytes().length();
            case Reply.Verbatim verbatim -> verbatim.bytes().length();
            case Reply.Array array -> size(array.items());
            case Reply.Pairs pairs -> size(pairs.keysAndValues());
            case Reply.Tuples tuples -> size(tuples.keysAndValues());
            case Reply.Members members -> size(members.items());
            case Reply.Push push -> size(push.items());
            default -> 8;
        };
    }

    private static long size(List<Reply> items) {
        long total = 0;
        for (int i = 0; i < items.size(); i++) {
            total += size(items.get(i)) + 3;
        }
        return total;
    }
}
