// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.chaos.history.Call;
import io.meridian.chaos.history.HistoryFile;
import io.meridian.chaos.history.Level;
import io.meridian.chaos.history.Operation;
import io.meridian.chaos.history.Place;
import io.meridian.chaos.history.Recorder;
import io.meridian.chaos.history.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosMainTest {
    private final Recorder recorder = new Recorder(System::nanoTime, 100);

    @TempDir
    Path folder;

    private void did(String session, Call call, Result result) {
        recorder.begin(1, session, call, "k", new Place("us", "us-1"), Level.LINEARIZABLE)
                .ok(result, 0);
    }

    private int recheck() throws IOException {
        List<Operation> history = recorder.operations();
        Path file = folder.resolve("history.jsonl");
        HistoryFile.write(file, history);
        return ChaosMain.execute("--recheck", file.toString());
    }

    @Test
    void goodHistoryEndsWithZero() throws IOException {
        did("s1", new Call.Increment(), new Result.Count(1));
        did("final", new Call.Get(), new Result.Text("1"));

        assertThat(recheck()).isZero();
    }

    @Test
    void badHistoryEndsWithOne() throws IOException {
        did("s1", new Call.Increment(), new Result.Count(1));
        did("final", new Call.Get(), Result.NIL);

        assertThat(recheck()).isEqualTo(1);
    }

    @Test
    void historyWithoutFinalReadsIsUndecidedAndEndsWithOne() throws IOException {
        did("s1", new Call.Increment(), new Result.Count(1));

        assertThat(recheck()).isEqualTo(1);
    }

    @Test
    void containersAndProcessesTogetherAreWrongUsage() {
        assertThat(ChaosMain.execute("--containers", "--processes")).isEqualTo(2);
    }
}
