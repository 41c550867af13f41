// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.bench.load.Result;
import io.meridian.bench.machine.NoisyMachineException;
import io.meridian.bench.machine.QuietRule;
import io.meridian.bench.machine.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private static final FigureKey KEY = Load.GET.of(Peer.MERIDIAN);
    private static final Usage QUIET = new Usage(1, 1, 1, 0.04, 0);
    private static final Usage NOISY = new Usage(1, 1, 1, 0.5, 0);
    private static final Result RESULT = new Result(1000, 2, 1, 3);

    private static Recorder recorder(boolean isForced) {
        return new Recorder(
                Set.of(KEY), new QuietRule(0.1, Duration.ZERO, isForced), new PrintWriter(new StringWriter()));
    }

    @Test
    void refusesAfterOthersDisturbedThreeTimes() {
        Recorder recorder = recorder(false);

        assertThat(recorder.accepts(QUIET, 1)).isTrue();
        assertThat(recorder.accepts(NOISY, 1)).isFalse();
        assertThat(recorder.accepts(NOISY, 2)).isFalse();
        assertThatThrownBy(() -> recorder.accepts(NOISY, 3))
                .isInstanceOf(NoisyMachineException.class)
                .hasMessageContaining("0.50 cores");
        assertThat(recorder.isDisturbed()).isFalse();
        assertThat(recorder.disturbance()).isEqualTo(0.5);
    }

    @Test
    void whenForcedKeepsAFigureAndSaysThatItDoesNotCount() {
        Recorder recorder = recorder(true);

        assertThat(recorder.accepts(QUIET, 1)).isTrue();
        assertThat(recorder.isDisturbed()).isFalse();
        assertThat(recorder.accepts(NOISY, 1)).isTrue();
        assertThat(recorder.isDisturbed()).isTrue();
    }

    @Test
    void measuresOnlyWhatIsWanted() throws InterruptedException {
        Recorder recorder = recorder(true);

        recorder.rate(KEY, List.of(), () -> RESULT, () -> RESULT);
        recorder.rate(Load.SET.of(Peer.ETCD), List.of(), () -> RESULT, () -> {
            throw new AssertionError("nobody wants this");
        });

        assertThat(recorder.figures()).containsOnlyKeys(KEY);
        assertThat(recorder.figures().values()).allMatch(figure -> figure.median() == 500);
        assertThat(recorder.failures()).isEmpty();
    }

    @Test
    void warmsUpForAsLongAsThatMakesTheLoadFaster() throws InterruptedException {
        assertThat(warmUps(100, 100, 100)).isEqualTo(4);
        assertThat(warmUps(100, 90, 101, 500, 1)).isEqualTo(7);
        assertThat(warmUps(100, 90, 101, 99, 500)).isEqualTo(4);
        assertThat(warmUps(100, 200, 300, 290, 400, 407, 404, 401, 900)).isEqualTo(8);
        assertThat(warmUps(1000, 1015, 1030, 1045, 1060, 1070, 1070))
                .as("little by little, too")
                .isEqualTo(8);
        assertThat(warmUps(LongStream.iterate(1, rate -> 2 * rate).limit(30).toArray()))
                .isEqualTo(24);
    }

    /** How many slices are run when they come to these requests a second, and the last of them from then on. */
    private static int warmUps(long... rates) throws InterruptedException {
        int[] run = new int[1];
        recorder(true)
                .rate(
                        KEY,
                        List.of(),
                        () -> new Result(rates[Math.min(run[0]++, rates.length - 1)], 1, 1, 1),
                        () -> RESULT);
        return run[0];
    }

    @Test
    void aLoadThatFailsIsRememberedWithItsReason() throws InterruptedException {
        Recorder recorder = recorder(true);

        recorder.rate(KEY, List.of(), () -> RESULT, () -> {
            throw new IOException("answered with an error", new IOException("BUSY"));
        });

        assertThat(recorder.figures()).isEmpty();
        assertThat(recorder.failures()).containsEntry(KEY, new Failure(1, "answered with an error: BUSY"));
    }

    @Test
    void aRoundWithoutAFigureDoesNotCount() {
        Recorder recorder = recorder(false);
        Sample sample = new Sample(1, OptionalDouble.empty(), Optional.empty(), "");
        recorder.add(KEY, sample);
        recorder.add(KEY, sample);
        recorder.fail(KEY, new IOException("no leader"));

        assertThat(recorder.completeRounds()).isEqualTo(2);
        assertThat(CompareCommand.validity(recorder, 3)).contains("Not valid", "2 of 3 rounds");

        recorder.add(KEY, sample);

        assertThat(CompareCommand.validity(recorder, 3)).isEmpty();
        assertThat(CompareCommand.validity(recorder, 4)).contains("3 of 4 rounds");
    }
}
