// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryFileTest {
    private static Operation operation(Call call, Result result, Outcome outcome) {
        return new Operation(
                3,
                "s3",
                call,
                "k",
                result,
                123_456_789_012L,
                123_456_999_999L,
                outcome,
                new Place("us-east", "us-east-1"),
                Level.SESSION,
                result instanceof Result.Failure ? 0 : 42);
    }

    @Test
    void everyCallAndResultIsReadBackAsItWasWritten(@TempDir Path folder) throws IOException {
        List<Operation> operations = List.of(
                operation(new Call.Set("a \"quoted\"\nline"), Result.DONE, Outcome.OK),
                operation(new Call.Get(), Result.NIL, Outcome.OK),
                operation(new Call.Get(), new Result.Text("17"), Outcome.OK),
                operation(new Call.CompareAndSet("a", "b"), new Result.Count(1), Outcome.OK),
                operation(new Call.Increment(), new Result.Count(Long.MAX_VALUE), Outcome.OK),
                operation(new Call.Append("x"), new Result.Failure("UNKNOWN gone"), Outcome.UNKNOWN),
                operation(new Call.Append("y"), new Result.Failure("ERR no"), Outcome.FAIL),
                operation(new Call.ReadList(), new Result.Elements(List.of("x", "")), Outcome.OK),
                operation(new Call.ReadList(), new Result.Elements(List.of()), Outcome.OK));
        Path file = folder.resolve("history.jsonl");

        HistoryFile.write(file, operations);

        assertThat(Files.readAllLines(file)).hasSameSizeAs(operations);
        assertThat(HistoryFile.read(file)).isEqualTo(operations);
    }

    @Test
    void lineHasTheFieldsThatOtherCheckersNeed() throws IOException {
        Operation set = operation(new Call.Set("a"), Result.DONE, Outcome.OK);

        assertThat(HistoryFile.toLine(set))
                .isEqualTo("{\"process\":3,\"session\":\"s3\",\"operation\":\"set\",\"key\":\"k\",\"value\":\"a\","
                        + "\"result\":true,\"call\":123456789012,\"return\":123456999999,\"outcome\":\"ok\","
                        + "\"region\":\"us-east\",\"node\":\"us-east-1\",\"level\":\"session\",\"index\":42}");
    }

    @Test
    void lineThatIsNoOperationIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("history.jsonl");
        String good = HistoryFile.toLine(operation(new Call.Get(), Result.NIL, Outcome.OK));

        Files.write(file, List.of(good, good.replace("\"get\"", "\"steal\"")));
        assertThatThrownBy(() -> HistoryFile.read(file)).hasMessageContaining("history.jsonl:2: unknown operation");

        Files.write(file, List.of("{\"process\":1"));
        assertThatThrownBy(() -> HistoryFile.read(file)).hasMessageContaining("history.jsonl:1");
    }
}
