// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import io.meridian.engine.Args;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads command lines from a growing array: RESP arrays of bulk strings, and inline commands.
 *
 * <p>A command that is not there wholly yet is taken up again where it stopped, so that its bytes are looked at once.
 * Follows networking.c (processMultibulkBuffer, processInlineBuffer), its error texts included. For one thread.
 */
final class RespDecoder {
    private static final int NONE = -1;
    private static final int KEPT_WORDS_MAX = 4096;
    private static final byte[] NOTHING = new byte[0];

    private final RespLimits limits;
    private Args args = new Args();
    private boolean trusted;
    // How far the current command is read; all places are indexes of the array given to decode.
    private int at;
    private int wordsLeft = NONE;
    private int bulkLength = NONE;
    private int bytes;
    // Where the search for an inline command's end goes on.
    private int scanned;

    RespDecoder(RespLimits limits) {
        this.limits = limits;
    }

    /** Whether the connection is authenticated, and may send large commands. */
    void trust(boolean authenticated) {
        this.trusted = authenticated;
    }

    /** The command that decode found; valid until the next call. May be empty: nothing was asked. */
    Args args() {
        return args;
    }

    /** Where the byte after the last command stands. */
    int at() {
        return at;
    }

    /** How many bytes from the command's start it will need at least; for sizing the array. */
    int neededFrom(int start) {
        return bulkLength == NONE ? 0 : at - start + bulkLength + 2;
    }

    /** Starts at another place: of the next command, or of the same one when its bytes have moved and are read again. */
    void restart(int from) {
        at = from;
        wordsLeft = NONE;
        bulkLength = NONE;
        scanned = from;
    }

    /** Lets go of the last command's bytes, and of room for many words. */
    void forget() {
        if (args.count() > KEPT_WORDS_MAX) {
            args = new Args();
        } else {
            args.begin(NOTHING);
        }
    }

    /**
     * Goes on reading the current command.
     *
     * @param array holds the command from where restart said; may be another array with the same bytes
     * @param end the first index that is not filled
     * @return whether the command is complete
     */
    boolean decode(byte[] array, int end) throws RespProtocolException {
        if (wordsLeft == NONE) {
            if (at == end) {
                return false;
            }
            if (array[at] != '*') {
                return decodeInline(array, end);
            }
            int start = at;
            long count = number(array, end, "invalid multibulk length", "too big mbulk count string");
            if (count == INCOMPLETE) {
                at = start;
                return false;
            }
            if (count > RespLimits.WORDS_MAX) {
                throw new RespProtocolException("ERR Protocol error: invalid multibulk length");
            }
            if (!trusted && count > RespLimits.UNAUTHENTICATED_WORDS_MAX) {
                throw new RespProtocolException("ERR Protocol error: unauthenticated multibulk length");
            }
            args.begin(array);
            bytes = 0;
            wordsLeft = (int) Math.max(0, count);
        } else {
            args.moved(array);
        }
        while (wordsLeft > 0) {
            if (!decodeWord(array, end)) {
                return false;
            }
        }
        wordsLeft = NONE;
        return true;
    }

    private boolean decodeWord(byte[] array, int end) throws RespProtocolException {
        if (bulkLength == NONE) {
            if (at == end) {
                return false;
            }
            if (array[at] != '$') {
                throw new RespProtocolException("ERR Protocol error: expected '$', got '" + printable(array[at]) + "'");
            }
            int start = at;
            long length = number(array, end, "invalid bulk length", "too big bulk count string");
            if (length == INCOMPLETE) {
                at = start;
                return false;
            }
            if (length < 0 || length > Integer.MAX_VALUE / 2) {
                throw new RespProtocolException("ERR Protocol error: invalid bulk length");
            }
            if (!trusted && isTooLongForStrangers(length)) {
                throw new RespProtocolException("ERR Protocol error: unauthenticated bulk length");
            }
            if (bytes + length > limits.requestBytesMax()) {
                throw new RespProtocolException("ERR max request size exceeded. Limit: " + limits.requestBytesMax()
                        + " bytes, Actual: " + (bytes + length) + " bytes");
            }
            bulkLength = (int) length;
        }
        if (end - at < bulkLength + 2) {
            return false;
        }
        args.add(at, at + bulkLength);
        bytes += bulkLength;
        at += bulkLength + 2;
        bulkLength = NONE;
        wordsLeft--;
        return true;
    }

    private boolean isTooLongForStrangers(long length) {
        return length > RespLimits.UNAUTHENTICATED_BYTES_MAX || bytes + length > RespLimits.UNAUTHENTICATED_REQUEST_MAX;
    }

    private static final long INCOMPLETE = Long.MIN_VALUE;
    /** So many digits fit a long whatever they are. */
    private static final int DIGITS_MAX = 18;

    /** The number of a line "*3\r\n" or "$5\r\n", as strict as string2ll, and steps behind it. */
    private long number(byte[] array, int end, String malformed, String tooLong) throws RespProtocolException {
        int i = at + 1;
        boolean negative = i < end && array[i] == '-';
        if (negative) {
            i++;
        }
        int first = i;
        long value = 0;
        int digit;
        while (i < end && (digit = array[i] - '0') >= 0 && digit <= 9) {
            value = value * 10 + digit;
            i++;
        }
        if (i + 1 >= end || array[i] != '\r') {
            return unfinished(array, i, end, malformed, tooLong);
        }
        int digits = i - first;
        boolean hasLeadingZero = digits > 0 && array[first] == '0' && (digits > 1 || negative);
        if (digits == 0 || digits > DIGITS_MAX || hasLeadingZero) {
            throw new RespProtocolException("ERR Protocol error: " + malformed);
        }
        at = i + 2;
        return negative ? -value : value;
    }

    /** A line that does not end behind its digits is only judged when it ends, or when it is too long. */
    private long unfinished(byte[] array, int from, int end, String malformed, String tooLong)
            throws RespProtocolException {
        for (int i = from; i + 1 < end; i++) {
            if (array[i] == '\r') {
                throw new RespProtocolException("ERR Protocol error: " + malformed);
            }
        }
        if (end - at > lineBytesMax()) {
            throw new RespProtocolException("ERR Protocol error: " + tooLong);
        }
        return INCOMPLETE;
    }

    private int lineBytesMax() {
        return trusted ? RespLimits.LINE_BYTES_MAX : RespLimits.UNAUTHENTICATED_BYTES_MAX;
    }

    /** Redis sends the byte as it is, but for line breaks; ours is text, so that it stays below 128. */
    private static String printable(byte b) {
        return b == '\r' || b == '\n' ? " " : b >= 0 ? String.valueOf((char) b) : String.format("\\x%02x", b & 0xFF);
    }

    private boolean decodeInline(byte[] array, int end) throws RespProtocolException {
        int newline = scanned;
        while (newline < end && array[newline] != '\n') {
            newline++;
        }
        scanned = newline;
        if (newline - at > lineBytesMax()) {
            throw new RespProtocolException("ERR Protocol error: too big inline request");
        }
        if (newline == end) {
            return false;
        }
        int lineEnd = newline > at && array[newline - 1] == '\r' ? newline - 1 : newline;
        List<byte[]> words = split(array, at, lineEnd);
        at = newline + 1;
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] word : words) {
            joined.writeBytes(word);
        }
        args.begin(joined.toByteArray());
        int start = 0;
        for (byte[] word : words) {
            args.add(start, start + word.length);
            start += word.length;
        }
        return true;
    }

    /** Words by white space, quoted as in redis-cli (sds.c, sdssplitargs). */
    private static List<byte[]> split(byte[] array, int from, int end) throws RespProtocolException {
        List<byte[]> words = new ArrayList<>();
        int i = from;
        while (true) {
            while (i < end && isSpace(array[i])) {
                i++;
            }
            if (i >= end) {
                return words;
            }
            ByteArrayOutputStream word = new ByteArrayOutputStream();
            i = word(array, i, end, word);
            words.add(word.toByteArray());
        }
    }

    private static int word(byte[] array, int from, int end, ByteArrayOutputStream word) throws RespProtocolException {
        int i = from;
        while (i < end && !endsWord(array[i])) {
            if (array[i] == '"' || array[i] == '\'') {
                i = quoted(array, i, end, word);
                if (i < end && !isSpace(array[i])) {
                    throw unbalanced();
                }
                return i;
            } else {
                word.write(array[i++]);
            }
        }
        return i;
    }

    private static int quoted(byte[] array, int from, int end, ByteArrayOutputStream word)
            throws RespProtocolException {
        byte quote = array[from];
        int i = from + 1;
        while (i < end) {
            byte b = array[i];
            if (b == quote) {
                return i + 1;
            }
            if (b != '\\' || i + 1 >= end) {
                word.write(b);
                i++;
            } else if (quote == '\'') {
                boolean escaped = array[i + 1] == '\'';
                word.write(escaped ? '\'' : '\\');
                i += escaped ? 2 : 1;
            } else if (array[i + 1] == 'x' && i + 3 < end && hex(array[i + 2]) >= 0 && hex(array[i + 3]) >= 0) {
                word.write(hex(array[i + 2]) * 16 + hex(array[i + 3]));
                i += 4;
            } else {
                word.write(unescaped(array[i + 1]));
                i += 2;
            }
        }
        throw unbalanced();
    }

    private static int unescaped(byte b) {
        return switch (b) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'b' -> '\b';
            case 'a' -> 7;
            default -> b;
        };
    }

    private static int hex(byte b) {
        return Character.digit(b, 16);
    }

    /** Fewer than the bytes that may stand between words, as in sds.c: no vertical tab, no form feed. */
    private static boolean endsWord(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || (b >= 9 && b <= 13);
    }

    private static RespProtocolException unbalanced() {
        return new RespProtocolException("ERR Protocol error: unbalanced quotes in request");
    }
}
