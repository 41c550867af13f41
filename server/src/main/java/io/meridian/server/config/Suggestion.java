// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** The "did you mean" of a word that nobody knows. */
final class Suggestion {
    private Suggestion() {}

    /** {@code "; did you mean 'x'?"} with the nearest of the words, or nothing when none is near. */
    static String nearest(String word, Collection<String> words) {
        int farthest = Math.max(1, word.length() / 3);
        return words.stream()
                .filter(known -> distance(word, known) <= farthest)
                .min(Comparator.comparingInt((String known) -> distance(word, known))
                        .thenComparing(Comparator.naturalOrder()))
                .map(known -> "; did you mean '" + known + "'?")
                .orElse("");
    }

    /** Levenshtein's distance, with letters of either case and any kind of hyphen the same. */
    private static int distance(String left, String right) {
        String a = plain(left);
        String b = plain(right);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }
}
