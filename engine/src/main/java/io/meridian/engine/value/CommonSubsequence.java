// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import io.meridian.engine.Bytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A longest common subsequence of two strings: the one that Redis finds (t_string.c, lcsCommand).
 *
 * <p>Costs the product of both lengths in time, and an eighth of it in bytes.
 */
public final class CommonSubsequence {
    /** The largest product of both lengths: 32 MiB of memory, and some tenths of a second. */
    public static final long CELLS_MAX = 1L << 28;

    private final Bytes a;
    private final Bytes b;
    // Bit i * b.length() + j, both from 0: whether the way back from (i + 1, j + 1) gives up a byte of a, else of b.
    private final long[] givesUpA;
    private final int length;

    /** Throws IllegalArgumentException above CELLS_MAX. */
    public CommonSubsequence(Bytes a, Bytes b) {
        if (!fits(a, b)) {
            throw new IllegalArgumentException("strings of " + a.length() + " and " + b.length() + " bytes");
        }
        this.a = a;
        this.b = b;
        this.givesUpA = new long[(int) (((long) a.length() * b.length() + 63) >>> 6)];
        this.length = fill();
    }

    public static boolean fits(Bytes a, Bytes b) {
        return (long) a.length() * b.length() <= CELLS_MAX;
    }

    /**
     * Bytes in common without a gap; both ends of both ranges are included.
     */
    public record Match(int aStart, int aEnd, int bStart, int bEnd) {
        public int length() {
            return aEnd - aStart + 1;
        }
    }

    public int length() {
        return length;
    }

    /** The subsequence itself. */
    public Bytes bytes() {
        byte[] found = new byte[length];
        int at = length;
        for (Match match : matches()) {
            at -= match.length();
            a.slice(match.aStart, match.aEnd + 1).copyTo(found, at);
        }
        return Bytes.of(found);
    }

    /** Its parts, from the last to the first. */
    public List<Match> matches() {
        List<Match> matches = new ArrayList<>();
        int i = a.length();
        int j = b.length();
        while (i > 0 && j > 0) {
            if (a.at(i - 1) == b.at(j - 1)) {
                int aEnd = i - 1;
                int bEnd = j - 1;
                while (i > 0 && j > 0 && a.at(i - 1) == b.at(j - 1)) {
                    i--;
                    j--;
                }
                matches.add(new Match(i, aEnd, j, bEnd));
            } else if (givesUpA(i - 1, j - 1)) {
                i--;
            } else {
                j--;
            }
        }
        return matches;
    }

    private boolean givesUpA(int i, int j) {
        long cell = (long) i * b.length() + j;
        return (givesUpA[(int) (cell >>> 6)] & (1L << cell)) != 0;
    }

    /** Fills the way back, row by row; only one row of lengths is kept. */
    private int fill() {
        int[] row = new int[b.length() + 1];
        for (int i = 0; i < a.length(); i++) {
            byte ofA = a.at(i);
            int diagonal = 0;
            long cell = (long) i * b.length();
            for (int j = 0; j < b.length(); j++, cell++) {
                int above = row[j + 1];
                if (ofA == b.at(j)) {
                    row[j + 1] = diagonal + 1;
                } else if (above > row[j]) {
                    givesUpA[(int) (cell >>> 6)] |= 1L << cell;
                } else {
                    row[j + 1] = row[j];
                }
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
