// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A history as JSON lines: one operation a line, readable by other checkers. */
public final class HistoryFile {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HistoryFile() {}

    /** Writes the operations in the order given; replaces the file. */
    public static void write(Path file, List<Operation> operations) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Operation operation : operations) {
                out.write(toLine(operation));
                out.write('\n');
            }
        }
    }

    /**
     * Reads a whole history.
     *
     * @throws IOException when a line is not an operation; the message names the line
     */
    public static List<Operation> read(Path file) throws IOException {
        List<Operation> operations = new ArrayList<>();
        try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            int number = 0;
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                number++;
                try {
                    operations.add(fromLine(line));
                } catch (JsonProcessingException | IllegalArgumentException e) {
                    throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
                }
            }
        }
        return operations;
    }

    static String toLine(Operation operation) throws JsonProcessingException {
        ObjectNode line = JSON.createObjectNode();
        line.put("process", operation.process());
        line.put("session", operation.session());
        line.put("operation", nameOf(operation.call()));
        line.put("key", operation.key());
        switch (operation.call()) {
            case Call.Set set -> line.put("value", set.value());
            case Call.CompareAndSet cas -> line.put("expected", cas.expected()).put("value", cas.value());
            case Call.Append append -> line.put("value", append.element());
            case Call.Get _, Call.Increment _, Call.ReadList _ -> {}
        }
        switch (operation.result()) {
            case Result.Done _ -> line.put("result", true);
            case Result.Nil _ -> line.putNull("result");
            case Result.Text text -> line.put("result", text.value());
            case Result.Count count -> line.put("result", count.value());
            case Result.Elements elements -> {
                ArrayNode array = line.putArray("result");
                elements.values().forEach(array::add);
            }
            case Result.Failure failure -> line.put("error", failure.text());
        }
        line.put("call", operation.callNanos());
        line.put("return", operation.returnNanos());
        line.put("outcome", lower(operation.outcome()));
        line.put("region", operation.place().region());
        line.put("node", operation.place().node());
        line.put("level", lower(operation.level()));
        if (operation.index() != 0) {
            line.put("index", operation.index());
        }
        return JSON.writeValueAsString(line);
    }

    static Operation fromLine(String text) throws JsonProcessingException {
        JsonNode line = JSON.readTree(text);
        return new Operation(
                field(line, "process").asInt(),
                field(line, "session").asText(),
                callOf(line),
                field(line, "key").asText(),
                resultOf(line),
                field(line, "call").asLong(),
                field(line, "return").asLong(),
                Outcome.valueOf(upper(field(line, "outcome").asText())),
                new Place(field(line, "region").asText(), field(line, "node").asText()),
                Level.valueOf(upper(field(line, "level").asText())),
                line.path("index").asLong(0));
    }

    private static String nameOf(Call call) {
        return switch (call) {
            case Call.Set _ -> "set";
            case Call.Get _ -> "get";
            case Call.CompareAndSet _ -> "cas";
            case Call.Increment _ -> "incr";
            case Call.Append _ -> "append";
            case Call.ReadList _ -> "range";
        };
    }

    private static Call callOf(JsonNode line) {
        String name = field(line, "operation").asText();
        return switch (name) {
            case "set" -> new Call.Set(field(line, "value").asText());
            case "get" -> new Call.Get();
            case "cas" ->
                new Call.CompareAndSet(
                        field(line, "expected").asText(), field(line, "value").asText());
            case "incr" -> new Call.Increment();
            case "append" -> new Call.Append(field(line, "value").asText());
            case "range" -> new Call.ReadList();
            default -> throw new IllegalArgumentException("unknown operation: " + name);
        };
    }

    private static Result resultOf(JsonNode line) {
        if (line.has("error")) {
            return new Result.Failure(line.get("error").asText());
        }
        JsonNode result = field(line, "result");
        if (result.isArray()) {
            List<String> values = new ArrayList<>();
            result.forEach(value -> values.add(value.asText()));
            return new Result.Elements(values);
        }
        if (result.isBoolean()) {
            return Result.DONE;
        }
        if (result.isNull()) {
            return Result.NIL;
        }
        return result.isTextual() ? new Result.Text(result.asText()) : new Result.Count(result.asLong());
    }

    private static JsonNode field(JsonNode line, String name) {
        JsonNode value = line.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no \"" + name + "\" in " + line);
        }
        return value;
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String upper(String name) {
        return name.toUpperCase(Locale.ROOT);
    }
}
