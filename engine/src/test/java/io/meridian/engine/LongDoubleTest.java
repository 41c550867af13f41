// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongDoubleTest {
    @ParameterizedTest
    @CsvSource({
        "0.1,                      0.1",
        "-0,                       0",
        "3.0e3,                    3000",
        "0x1.8p3,                  12",
        "0x.8,                     0.5",
        "5.,                       5",
        "0.000000000000000006,     0.00000000000000001",
        "0.000000000000000004,     0",
        "-1e-30,                   0",
        "9223372036854775807,      9223372036854775807",
        "18446744073709551615,     18446744073709551615",
        "18446744073709551617,     18446744073709551616",
        "18446744073709551619,     18446744073709551620",
        "36893488147419103233,     36893488147419103232"
    })
    void numbersAreRoundedToSixtyFourBitsAndSeventeenDecimals(String text, String written) {
        assertThat(LongDouble.parse(Bytes.of(text)).orElseThrow().format()).hasToString(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " 1",
                "1 ",
                "abc",
                "nan",
                "1e",
                "1e+",
                "0x",
                "0x1p",
                ".",
                ".e1",
                "1.2.3",
                "--1",
                "1_0",
                "1e5000",
                "1e-5000",
                "1e99999999999999999999",
                "0x1p16384",
                "1\0",
                "\u0661"
            })
    void whatIsNoNumberIsRefused(String text) {
        assertThat(LongDouble.parse(Bytes.of(text))).isEmpty();
    }

    @Test
    void aNumberMayHaveAsManyDigitsAsRedisBuffers() {
        assertThat(LongDouble.parse(Bytes.of("0." + "1".repeat(5117)))).isPresent();
        assertThat(LongDouble.parse(Bytes.of("0." + "1".repeat(5118)))).isEmpty();
    }

    @Test
    void theSumOfTheLargestIsNotFinite() {
        LongDouble largest =
                LongDouble.parse(Bytes.of("0x1.fffffffffffffffep16383")).orElseThrow();

        assertThat(largest.isFinite()).isTrue();
        assertThat(largest.plus(largest).isFinite()).isFalse();
        assertThat(LongDouble.parse(Bytes.of("-inf"))
                        .orElseThrow()
                        .plus(largest)
                        .isFinite())
                .isFalse();
    }

    @Test
    void theSmallestIsStillANumber() {
        LongDouble smallest = LongDouble.parse(Bytes.of("0x1p-16445")).orElseThrow();

        assertThat(smallest.plus(LongDouble.ZERO).format()).hasToString("0");
        assertThat(LongDouble.parse(Bytes.of("0x1p-16447"))).isEmpty();
    }
}
