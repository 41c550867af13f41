// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The comparison sees what it is there to see. */
class DifferentialReportTest {
    private static final List<CommandGenerator> FAMILIES = List.of(new KeyLines(), new StringLines());

    @Test
    void aWrongReplyIsToldWithItsSeedAndHistory() {
        try (EngineSubject oracle = new EngineSubject(2);
                Forgetful forgetful = new Forgetful("STRLEN")) {
            assertThatThrownBy(() -> new Differential(oracle, forgetful, 42, FAMILIES).run(20_000))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("-Ddifferential.seed=42")
                    .hasMessageContaining("STRLEN")
                    .hasMessageContaining("forgetful: +forgotten")
                    .hasMessageContaining("what was done to its keys");
        }
    }

    @Test
    void aWriteThatIsAnsweredAndNotDoneIsFoundAtTheEnd() {
        try (EngineSubject oracle = new EngineSubject(2);
                EngineSubject empty = new EngineSubject(2)) {
            oracle.send(Bytes.of("SET"), Bytes.of("only"), Bytes.of("here"));

            assertThatThrownBy(() -> new Differential(oracle, empty, 42, FAMILIES).run(0))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("KEYS * in 0");
        }
    }

    /** Answers one command wrongly. */
    private static final class Forgetful implements Subject {
        private final EngineSubject engine = new EngineSubject(2);
        private final String forgotten;

        Forgetful(String forgotten) {
            this.forgotten = forgotten;
        }

        @Override
        public String name() {
            return "forgetful";
        }

        @Override
        public List<RespValue> send(List<List<Bytes>> commands) {
            List<RespValue> replies = new java.util.ArrayList<>(engine.send(commands));
            for (int i = 0; i < replies.size(); i++) {
                if (commands.get(i).getFirst().isWord(forgotten)) {
                    replies.set(i, new RespValue.Status(Bytes.of("forgotten")));
                }
            }
            return replies;
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
