// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Glob;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The options of SCAN and its kin.
 *
 * @param match the pattern of names to show; empty for all
 * @param count how many to look at, at least 1; a larger number than a reply has items is as good as that
 * @param type the type to show, SCAN only
 */
record ScanOptions(Optional<Bytes> match, long count, Optional<Bytes> type) {
    private static final long COUNT_DEFAULT = 10;
    private static final BigInteger CURSOR_END = BigInteger.ONE.shiftLeft(Long.SIZE);
    private static final Reply.Failure INVALID_CURSOR = new Reply.Failure("ERR invalid cursor");

    /** Reads MATCH, COUNT and, where it is taken, TYPE; the last of each counts. */
    static ScanOptions parse(List<Bytes> words, boolean takesType) {
        Optional<Bytes> match = Optional.empty();
        Optional<Bytes> type = Optional.empty();
        long count = COUNT_DEFAULT;
        for (int i = 0; i < words.size(); i += 2) {
            Bytes word = words.get(i);
            if (i + 1 == words.size()) {
                throw Errors.syntax();
            }
            Bytes option = words.get(i + 1);
            if (word.isWord("COUNT")) {
                count = Numbers.parseLong(option.array(), option.offset(), option.length(), Errors.NOT_AN_INTEGER);
                if (count < 1) {
                    throw Errors.syntax();
                }
            } else if (word.isWord("MATCH")) {
                // Redis takes "*" for no pattern: it shows the empty name, which no pattern of a star matches.
                match = Optional.of(option).filter(pattern -> !pattern.isWord("*"));
            } else if (takesType && word.isWord("TYPE")) {
                type = Optional.of(option);
            } else {
                throw Errors.syntax();
            }
        }
        return new ScanOptions(match, Math.min(count, Reply.ITEMS_MAX), type);
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
