// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Bytes;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CommonSubsequenceTest {
    @Test
    void itIsAsLongAsTheTextbookSaysAndInBothStrings() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            Bytes a = text(random);
            Bytes b = text(random);

            CommonSubsequence common = new CommonSubsequence(a, b);

            assertThat(common.length()).isEqualTo(longest(a, b));
            assertThat(common.bytes().length()).isEqualTo(common.length());
            assertThat(contains(a, common.bytes())).isTrue();
            assertThat(contains(b, common.bytes())).isTrue();
        }
    }

    @Test
    void whatWouldTakeTooLongIsRefused() {
        Bytes half = Bytes.of(new byte[1 << 14]);
        Bytes more = Bytes.of(new byte[(1 << 14) + 1]);

        assertThat(CommonSubsequence.fits(half, half)).isTrue();
        assertThat(CommonSubsequence.fits(half, more)).isFalse();
        assertThatThrownBy(() -> new CommonSubsequence(half, more)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Bytes text(Random random) {
        byte[] text = new byte[random.nextInt(40)];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) ('a' + random.nextInt(4));
        }
        return Bytes.of(text);
    }

    private static int longest(Bytes a, Bytes b) {
        int[][] lengths = new int[a.length() + 1][b.length() + 1];
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                lengths[i][j] = a.at(i - 1) == b.at(j - 1)
                        ? lengths[i - 1][j - 1] + 1
                        : Math.max(lengths[i - 1][j], lengths[i][j - 1]);
            }
        }
        return lengths[a.length()][b.length()];
    }

    private static boolean contains(Bytes text, Bytes subsequence) {
        int found = 0;
        for (int i = 0; i < text.length() && found < subsequence.length(); i++) {
            found += text.at(i) == subsequence.at(found) ? 1 : 0;
        }
        return found == subsequence.length();
    }
}
