// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class FigureTest {
    static Figure of(double... values) {
        return new Figure(DoubleStream.of(values)
                .mapToObj(value -> new Sample(value, OptionalDouble.empty(), Optional.empty(), ""))
                .toList());
    }

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(of(9).median()).isEqualTo(9);
        assertThat(of(5, 100, 1).median()).isEqualTo(5);
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertThat(of(10, 1, 4, 2).median()).isEqualTo(3);
    }

    @Test
    void tellsTheLeastAndTheMost() {
        Figure figure = of(5, 100, 1);

        assertThat(figure.least()).isEqualTo(1);
        assertThat(figure.most()).isEqualTo(100);
    }

    @Test
    void aPartThatOnlySomeSamplesTellHasTheMedianOfThose() {
        Figure figure = new Figure(List.of(
                new Sample(1, OptionalDouble.of(7), Optional.empty(), ""),
                new Sample(2, OptionalDouble.empty(), Optional.empty(), "")));

        assertThat(figure.median(Sample::cpuMicros)).hasValue(7);
        assertThat(of(1).median(Sample::cpuMicros)).isEmpty();
    }

    @Test
    void refusesToBeEmpty() {
        assertThatThrownBy(() -> new Figure(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}
