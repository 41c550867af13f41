// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecorderTest {
    private static final Place PLACE = new Place("us-east", "us-east-1");

    private final AtomicLong clock = new AtomicLong();
    private final Recorder recorder = new Recorder(clock::incrementAndGet, 3);

    private Recorder.Pending begin(Call call) {
        return recorder.begin(1, "s1", call, "k", PLACE, Level.LINEARIZABLE);
    }

    @Test
    void operationHasTheTimesOfItsCallAndItsEnd() {
        Recorder.Pending set = begin(new Call.Set("a"));
        begin(new Call.Get()).ok(Result.NIL, 7);
        set.unknown("connection lost");

        assertThat(recorder.operations())
                .extracting(Operation::callNanos, Operation::returnNanos, Operation::outcome, Operation::index)
                .containsExactly(tuple(1L, 4L, Outcome.UNKNOWN, 0L), tuple(2L, 3L, Outcome.OK, 7L));
    }

    @Test
    void operationThatHasNotEndedIsUnknown() {
        begin(new Call.Set("a"));

        assertThat(recorder.operations()).singleElement().matches(Operation::isUnknown);
    }

    @Test
    void fullRecorderSaysSo() {
        begin(new Call.Get());
        begin(new Call.Get());
        assertThat(recorder.isFull()).isFalse();
        begin(new Call.Get());

        assertThat(recorder.isFull()).isTrue();
        assertThatThrownBy(() -> begin(new Call.Get())).isInstanceOf(IllegalStateException.class);
        assertThat(recorder.operations()).hasSize(3);
    }
}
