// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Glob;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The options of SCAN and its kin.
 *
 * @param match the pattern of names to show; empty for all
 * @param count how many to look at, at least 1; a larger number than a reply has items is as good as that
 * @param type the type to show, SCAN only
 * @param noValues whether names are shown without their values, HSCAN only
 */
record ScanOptions(Optional<Bytes> match, long count, Optional<Bytes> type, boolean noValues) {
    /** What is scanned, on which it depends which options there are. */
    enum Of {
        KEYS,
        FIELDS
    }

    private static final long COUNT_DEFAULT = 10;
    private static final BigInteger CURSOR_END = BigInteger.ONE.shiftLeft(Long.SIZE);
    private static final Reply.Failure INVALID_CURSOR = new Reply.Failure("ERR invalid cursor");
    private static final Reply.Failure VALUES_OF_NO_FIELDS =
            new Reply.Failure("ERR NOVALUES option can only be used in HSCAN");

    /** Reads MATCH and COUNT, TYPE of keys, NOVALUES of fields; the last of each counts. */
    static ScanOptions parse(List<Bytes> words, Of scanned) {
        Optional<Bytes> match = Optional.empty();
        Optional<Bytes> type = Optional.empty();
        long count = COUNT_DEFAULT;
        boolean noValues = false;
        for (Iterator<Bytes> rest = words.iterator(); rest.hasNext(); ) {
            Bytes word = rest.next();
            if (word.isWord("COUNT") && rest.hasNext()) {
                count = positive(rest.next());
            } else if (word.isWord("MATCH") && rest.hasNext()) {
                // Redis takes "*" for no pattern: it shows the empty name, which no pattern of a star matches.
                match = Optional.of(rest.next()).filter(pattern -> !pattern.isWord("*"));
            } else if (scanned == Of.KEYS && word.isWord("TYPE") && rest.hasNext()) {
                type = Optional.of(rest.next());
            } else if (word.isWord("NOVALUES")) {
                if (scanned != Of.FIELDS) {
                    throw new CommandException(VALUES_OF_NO_FIELDS);
                }
                noValues = true;
            } else {
                throw Errors.syntax();
            }
        }
        return new ScanOptions(match, Math.min(count, Reply.ITEMS_MAX), type, noValues);
    }

    private static long positive(Bytes count) {
        long number = Numbers.parseLong(count.array(), count.offset(), count.length(), Errors.NOT_AN_INTEGER);
        if (number < 1) {
            throw Errors.syntax();
        }
        return number;
    }

    /** A cursor as C's strtoul reads it: unsigned, 64 bits, a sign is taken, nothing is 0. */
    static long cursor(Bytes word) {
        int at = 0;
        boolean negative = !word.isEmpty() && word.at(0) == '-';
        if (negative || (!word.isEmpty() && word.at(0) == '+')) {
            at++;
        }
        // A sign and 20 digits of which none is a leading zero are the longest; more zeros than that nobody sends.
        if (word.length() > 32 || (at == 1 && word.length() == 1)) {
            throw new CommandException(INVALID_CURSOR);
        }
        BigInteger value = BigInteger.ZERO;
        for (; at < word.length(); at++) {
            int digit = word.at(at) - '0';
            if (digit < 0 || digit > 9) {
                throw new CommandException(INVALID_CURSOR);
            }
            value = value.multiply(BigInteger.TEN).add(BigInteger.valueOf(digit));
        }
        if (value.compareTo(CURSOR_END) >= 0) {
            throw new CommandException(INVALID_CURSOR);
        }
        return negative ? -value.longValue() : value.longValue();
    }

    boolean shows(Bytes name) {
        return match.isEmpty() || Glob.matches(match.get(), name);
    }

    /** What SCAN and its kin answer. */
    static Reply reply(long cursor, List<Reply> items) {
        return new Reply.Array(List.of(Reply.Bulk.of(Long.toUnsignedString(cursor)), new Reply.Array(items)));
    }
}
