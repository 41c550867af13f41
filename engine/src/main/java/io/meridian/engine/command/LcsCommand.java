// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.CommandException;
import io.meridian.engine.Errors;
import io.meridian.engine.Numbers;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Command.Query;
import io.meridian.engine.keyspace.KeyspaceView;
import io.meridian.engine.value.CommonSubsequence;
import io.meridian.engine.value.StringValue;
import io.meridian.engine.value.Value;
import java.util.ArrayList;
import java.util.List;

/** LCS: what two strings have in common. */
final class LcsCommand {
    private LcsCommand() {}

    static Query lcs(Args args) {
        Bytes one = args.bytesAt(1);
        Bytes other = args.bytesAt(2);
        List<Bytes> words = args.bytesFrom(3);
        return keys -> {
            Bytes a = string(keys, one);
            Bytes b = string(keys, other);
            // Parsed here because Redis looks at the keys first.
            Options options = Options.parse(words);
            if (!CommonSubsequence.fits(a, b)) {
                throw new CommandException("ERR Insufficient memory, failed allocating transient memory for LCS");
            }
            CommonSubsequence common = new CommonSubsequence(a, b);
            if (options.indexes) {
                return indexes(common, options);
            }
            return options.length ? Reply.Int.of(common.length()) : new Reply.Bulk(common.bytes());
        };
    }

    private static Bytes string(KeyspaceView keys, Bytes key) {
        Value value = keys.find(key).orElse(null);
        if (value == null) {
            return Bytes.EMPTY;
        }
        if (value instanceof StringValue string) {
            return string.bytes();
        }
        throw new CommandException("ERR The specified keys must contain string values");
    }

    private static Reply indexes(CommonSubsequence common, Options options) {
        List<Reply> matches = new ArrayList<>();
        for (CommonSubsequence.Match match : common.matches()) {
            if (match.length() >= options.matchLengthMin) {
                List<Reply> parts = new ArrayList<>(3);
                parts.add(range(match.aStart(), match.aEnd()));
                parts.add(range(match.bStart(), match.bEnd()));
                if (options.withMatchLength) {
                    parts.add(Reply.Int.of(match.length()));
                }
                matches.add(new Reply.Array(parts));
            }
        }
        return new Reply.Pairs(List.of(
                Reply.Bulk.of("matches"),
                new Reply.Array(matches),
                Reply.Bulk.of("len"),
                Reply.Int.of(common.length())));
    }

    private static Reply range(int start, int end) {
        return new Reply.Array(List.of(Reply.Int.of(start), Reply.Int.of(end)));
    }

    /** LEN or IDX, and what IDX is to show. */
    private record Options(boolean length, boolean indexes, long matchLengthMin, boolean withMatchLength) {
        static Options parse(List<Bytes> words) {
            boolean length = false;
            boolean indexes = false;
            boolean withMatchLength = false;
            long matchLengthMin = 0;
            for (int i = 0; i < words.size(); i++) {
                if (words.get(i).isWord("IDX")) {
                    indexes = true;
                } else if (words.get(i).isWord("LEN")) {
                    length = true;
                } else if (words.get(i).isWord("WITHMATCHLEN")) {
                    withMatchLength = true;
                } else if (words.get(i).isWord("MINMATCHLEN") && i + 1 < words.size()) {
                    i++;
                    matchLengthMin = Numbers.parseLong(words.get(i));
                } else {
                    throw Errors.syntax();
                }
            }
            if (length && indexes) {
                throw new CommandException("ERR If you want both the length and indexes, please just use IDX.");
            }
            return new Options(length, indexes, matchLengthMin, withMatchLength);
        }
    }
}
