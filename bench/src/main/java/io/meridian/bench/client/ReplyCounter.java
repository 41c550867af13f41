// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.client;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Counts replies in a stream of RESP2 bytes without keeping them; lines and bulk strings, no arrays. For one thread.
 *
 * <p>May be stopped and taken up again at any byte.
 */
public final class ReplyCounter {
    private static final int ERROR_LENGTH_MAX = 200;

    private final StringBuilder error = new StringBuilder();
    private long replies;
    private long nils;
    private long errors;
    // 0 between replies, else the first byte of the one that is read.
    private int kind;
    private boolean negative;
    private long number;
    // Bytes of a bulk string and its line end that are still to come.
    private long skip;

    /** Reads all that the buffer has; throws IllegalStateException for an array or for what is no RESP. */
    public void read(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (skip > 0) {
                int step = (int) Math.min(skip, in.remaining());
                in.position(in.position() + step);
                skip -= step;
                if (skip == 0) {
                    replies++;
                }
            } else if (kind == 0) {
                begin(in.get());
            } else {
                line(in);
            }
        }
    }

    private void begin(byte first) {
        if (first != '+' && first != '-' && first != ':' && first != '$' && first != '_') {
            throw new IllegalStateException("a reply that starts with byte " + first);
        }
        kind = first;
        negative = false;
        number = 0;
        if (first == '-') {
            errors++;
        }
    }

    private void line(ByteBuffer in) {
        byte next = in.get();
        if (next == '\n') {
            end();
        } else if (kind == '$') {
            if (next == '-') {
                negative = true;
            } else if (next != '\r') {
                number = number * 10 + (next - '0');
            }
        } else if (kind == '-' && errors == 1 && next != '\r' && error.length() < ERROR_LENGTH_MAX) {
            error.append((char) next);
        }
    }

    private void end() {
        if (kind == '$' && !negative) {
            skip = number + 2;
        } else {
            replies++;
            if (kind == '$' || kind == '_') {
                nils++;
            }
        }
        kind = 0;
    }

    /** Replies that were complete. */
    public long replies() {
        return replies;
    }

    /** How many of them said that there is nothing. */
    public long nils() {
        return nils;
    }

    /** How many of them were errors. */
    public long errors() {
        return errors;
    }

    /** The first error's line; empty without one. */
    public String firstError() {
        return error.toString();
    }

    /** The bytes of a command line in RESP. */
    public static byte[] encode(String... words) {
        StringBuilder text = new StringBuilder("*").append(words.length).append("\r\n");
        for (String word : words) {
            text.append('$').append(word.length()).append("\r\n").append(word).append("\r\n");
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
