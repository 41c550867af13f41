// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.bench.machine.NoisyMachineException;
import io.meridian.bench.machine.QuietRule;
import io.meridian.bench.machine.Usage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
    @TempDir
    Path folder;

    /** A system that keeps data, and then meets with this. */
    private record Failing(RuntimeException failure) implements Stage {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public Set<FigureKey> offers() {
            return Set.of(Load.GET.of(Peer.MERIDIAN));
        }

        @Override
        public void run(Recorder recorder, Path folder) throws IOException {
            Files.createFile(folder.resolve("data"));
            throw failure;
        }
    }

    @Test
    void leavesNoDataOfARunThatOthersDisturbed() {
        var noise = new NoisyMachineException(new Usage(1, 1, 1, 0.5, 0), 0.1);

        assertThatThrownBy(() -> comparison(noise, false).run()).isSameAs(noise);

        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void leavesNoDataOfASystemThatFailed() throws Exception {
        Recorder recorder =
                comparison(new IllegalStateException("it ended"), false).run();

        assertThat(recorder.failures()).containsKey(Load.GET.of(Peer.MERIDIAN));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void leavesDataThatShallBeKept() throws Exception {
        comparison(new IllegalStateException("it ended"), true).run();

        assertThat(folder.resolve("failing-1/data")).exists();
    }

    private Comparison comparison(RuntimeException failure, boolean keepsData) {
        Plan plan = new Plan(
                List.of(Row.GET),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1,
                Path.of("bin/meridian"),
                folder,
                keepsData,
                "",
                new QuietRule(0.1, Duration.ZERO, true));
        return new Comparison(plan, new PrintWriter(new StringWriter()), List.of(new Failing(failure)));
    }
}
