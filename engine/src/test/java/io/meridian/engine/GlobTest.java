// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {
    // Each line was tried with KEYS on redis-server 7.0.15.
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "h?llo hello true",
                "h?llo hllo false",
                "h*llo hllo true",
                "h*llo heeeello true",
                "h*l*o hello true",
                "h*x*o hello false",
                "h[ae]llo hallo true",
                "h[ae]llo hillo false",
                "h[^e]llo hallo true",
                "h[^e]llo hello false",
                "h[a-b]llo hbllo true",
                "h[b-a]llo hbllo true",
                "h[a-b]llo hcllo false",
                "h[a-]llo h-llo false",
                "a\\*b a*b true",
                "a\\*b axb false",
                "a\\ a\\ true",
                "a[\\]]b a]b true",
                "a[b ab true",
                "a[b ac false",
                "a[^ ac true",
                "a[ ac false",
                "a[]b ab false",
                "a[^]b axb true",
                "** x true",
                "a** a true",
                "a*? a false",
                "a*a a false",
                "*a*b*c xxaxxbxxc true",
                "*a*b*c xxaxxbxxcx false",
                "A a false",
            })
    void matchesAsRedisDoes(String pattern, String text, boolean expected) {
        assertThat(Glob.matches(Bytes.of(pattern), Bytes.of(text))).isEqualTo(expected);
    }

    @Test
    void anyCaseFoldsLettersOnly() {
        assertThat(Glob.matchesAnyCase(Bytes.of("MAX[a-z]*"), Bytes.of("maxMemory")))
                .isTrue();
        assertThat(Glob.matchesAnyCase(Bytes.of("["), Bytes.of("{"))).isFalse();
    }

    @Test
    void anEmptyTextMatchesTheEmptyPatternOnly() {
        assertThat(Glob.matches(Bytes.EMPTY, Bytes.EMPTY)).isTrue();
        assertThat(Glob.matches(Bytes.of("*"), Bytes.EMPTY)).isFalse();
        assertThat(Glob.matches(Bytes.EMPTY, Bytes.of("a"))).isFalse();
    }

    @Test
    void manyStarsAreNotSlow() {
        Bytes pattern = Bytes.of("a*".repeat(5_000) + "b");
        Bytes text = Bytes.of("a".repeat(20_000));

        assertThat(Glob.matches(pattern, text)).isFalse();
    }
}
