// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands as they stand in paths, queries and JSON. */
class RequestReaderTest {
    private final RequestReader reader = new RequestReader(RestFixture.limits(1000, 1000));

    @Test
    void eachSegmentOfThePathIsAWord() throws RestException {
        assertThat(path("/set/foo/bar/EX/100", "", "")).containsExactly("set", "foo", "bar", "EX", "100");
        assertThat(path("/get/a%20b%2Fc", "", "")).containsExactly("get", "a b/c");
        assertThat(path("/get/a+b", "", "")).containsExactly("get", "a+b");
        assertThat(path("/set//x/", "", "")).containsExactly("set", "", "x", "");
        assertThat(path("/publish/http://host/x", "", "")).containsExactly("publish", "http:", "", "host", "x");
        assertThat(path("/get/%00%ff%C3%A4", "", "")).containsExactly("get", "\0\u00ff\u00c3\u00a4");
        assertThat(path("/get/\u00c3\u00a4", "", "")).containsExactly("get", "\u00c3\u00a4");
    }

    @Test
    void theBodyComesBehindThePathAndTheQueryBehindTheBody() throws RestException {
        assertThat(path("/set/foo", "EX=100&NX", "[\"not\", \"JSON\"]"))
                .containsExactly("set", "foo", "[\"not\", \"JSON\"]", "EX", "100", "NX");
        assertThat(path("/set/foo", "a=b+c%2B&_token=secret&&=x&y=", ""))
                .containsExactly("set", "foo", "a", "b c+", "", "x", "y", "");
        assertThat(path("/set/foo", "v=%ff", "")).containsExactly("set", "foo", "v", "\u00ff");
    }

    @Test
    void brokenEscapesAreRefused() {
        for (String broken : new String[] {"%", "%1", "%zz", "%1g", "a%", "%%20"}) {
            assertThatThrownBy(() -> path("/get/" + broken, "", ""))
                    .as(broken)
                    .hasMessage("ERR invalid URL escape in the path or query");
            assertThatThrownBy(() -> path("/get/a", "x=" + broken, "")).isInstanceOf(RestException.class);
        }
    }

    @Test
    void theTokenIsFoundInTheQuery() {
        assertThat(token("_token=a%2Bb")).isEqualTo("a+b");
        assertThat(token("x=y&_token=t")).isEqualTo("t");
        assertThat(token("_token=")).isEmpty();
        assertThat(RequestReader.token("my_token=t")).isEmpty();
        assertThat(RequestReader.token("_token")).isEmpty();
        assertThat(token("_token=%")).isEmpty();
    }

    @Test
    void scalarsOfJsonKeepTheirText() throws RestException {
        assertThat(json("[\"SET\",\"k\",1,-0,1.50,1e+21,12345678901234567890,true,false]"))
                .containsExactly("SET", "k", "1", "-0", "1.50", "1e+21", "12345678901234567890", "true", "false");
        assertThat(json(" [ \"a\\u0000\\n\" ] \n")).containsExactly("a\0\n");
    }

    @Test
    void whatIsNoCommandIsRefused() {
        refused("", "EOF");
        refused("[]", "ERR empty command");
        refused("{\"a\":1}", "ERR failed to parse command: expected a JSON array or command text");
        refused("\"GET\"", "ERR failed to parse command: expected a JSON array or command text");
        refused("[\"SET\",null]", "ERR null args are not supported");
        refused("[\"SET\",[\"a\"]]", "ERR unsupported arg type: \"[\": json.Delim");
        refused("[\"SET\",{\"a\":1}]", "ERR unsupported arg type: \"{\": json.Delim");
        refused("[\"GET\",\"a\"] x", "ERR failed to parse command: ");
        refused("[\"GET\",\"a\"][]", "ERR failed to parse command: more follows the JSON array");
        refused("[\"GET\"", "ERR failed to parse command: ");
        refused("[\"GET\",]", "ERR failed to parse command: ");
        refused("[\"GET\",01]", "ERR failed to parse command: ");
        refused("[\"GET\",\"\u00ff\"]", "ERR failed to parse command: ");
        refused("[".repeat(100_000), "ERR unsupported arg type: \"[\": json.Delim");
        refused("[{\"a\":".repeat(100_000), "ERR unsupported arg type: \"{\": json.Delim");
    }

    /** Of the parser's own words only the place is for the client. */
    @Test
    void aMalformedBodyIsToldWithItsPlace() {
        assertThatThrownBy(() -> reader.command(latin("[\"GET\",\n\"a\"")))
                .hasMessageStartingWith("ERR failed to parse command: ")
                .hasMessageContaining("[line: 1, column: 1]")
                .hasMessageNotContainingAny("ource", "\n");
        assertThatThrownBy(() -> reader.commands(latin("[\n [\"GET\",\"a\"")))
                .hasMessageStartingWith("ERR failed to parse pipeline request: ")
                .hasMessageContaining("[line: 2, column: 2]")
                .hasMessageNotContainingAny("ource", "\n");
    }

    @Test
    void pipelinesAreArraysOfCommands() throws RestException {
        List<Args> commands = reader.commands(latin("[[\"SET\",\"a\",1],[\"GET\",\"a\"]]"));
        assertThat(commands).hasSize(2);
        assertThat(words(commands.get(0))).containsExactly("SET", "a", "1");

        refusedMany("", "EOF");
        refusedMany("[]", "ERR empty pipeline request");
        refusedMany("[[]]", "ERR empty pipeline command");
        refusedMany("[\"GET\",\"a\"]", "ERR failed to parse pipeline request: expected a JSON array of JSON arrays");
        refusedMany("{}", "ERR failed to parse pipeline request: expected a JSON array of JSON arrays");
        refusedMany("[[\"GET\",null]]", "ERR null args are not supported");
        refusedMany("[[\"GET\",[]]]", "ERR unsupported arg type: \"[\": json.Delim");
        refusedMany("[[\"GET\"]", "ERR failed to parse pipeline request: ");
        refusedMany("[[\"GET\"]]]", "ERR failed to parse pipeline request: ");
        refusedMany("[".repeat(100_000), "ERR unsupported arg type: \"[\": json.Delim");
    }

    @Test
    void aPipelineHasALimit() throws RestException {
        String command = "[\"PING\"],";
        int max = RestFixture.COMMANDS_MAX;

        assertThat(reader.commands(latin("[" + command.repeat(max - 2) + "[\"PING\"]]")))
                .hasSize(max - 1);
        assertThat(reader.commands(latin("[" + command.repeat(max - 1) + "[\"PING\"]]")))
                .hasSize(max);
        refusedMany("[" + command.repeat(max) + "[\"PING\"]]", "ERR too many commands in a pipeline. Limit: 50");
    }

    /** An empty word has no bytes, and still takes memory. */
    @Test
    void wordsAreCounted() throws RestException {
        int max = RestLimits.WORDS_MAX;
        String word = ",\"\"";
        assertThat(reader.command(latin("[\"DEL\"" + word.repeat(max - 2) + "]"))
                        .count())
                .isEqualTo(max - 1);
        assertThat(reader.command(latin("[\"DEL\"" + word.repeat(max - 1) + "]"))
                        .count())
                .isEqualTo(max);
        refused("[\"DEL\"" + word.repeat(max) + "]", "ERR too many words in a request. Limit: 1048576");
        String half = "[\"DEL\"" + word.repeat(max / 2 - 1) + "]";
        assertThat(reader.commands(latin("[" + half + "," + half + "]"))).hasSize(2);
        refusedMany("[" + half + "," + half + ",[\"PING\"]]", "ERR too many words in a request. Limit: 1048576");
    }

    @Test
    void wordsAreUtf8AndHalfAPairIsTheReplacementCharacter() throws RestException {
        assertThat(utf8("[\"a\u00e4\u20ac\ud83d\ude00\"]")).containsExactly("a\u00e4\u20ac\ud83d\ude00");
        assertThat(utf8("[\"\\ud83d\\ude00\",\"\\u0000\\u00e4\"]")).containsExactly("\ud83d\ude00", "\u0000\u00e4");
        assertThat(utf8("[\"\\ud83d\"]")).containsExactly("\ufffd");
        assertThat(utf8("[\"\\ude00\\ud83dx\"]")).containsExactly("\ufffd\ufffdx");
        assertThat(utf8("[\"\\ud83d\\ud83d\\ude00\"]")).containsExactly("\ufffd\ud83d\ude00");
    }

    @Test
    void aBodyMayBeUtf16AndThenItsWordsAreLonger() throws RestException {
        String word = "\u20ac".repeat(1000);
        Args args = reader.command(("[\"" + word + "\",\"" + word + "\"]").getBytes(StandardCharsets.UTF_16BE));

        assertThat(args.textAt(0)).isEqualTo(word);
        assertThat(args.textAt(1)).isEqualTo(word);
    }

    private List<String> utf8(String json) throws RestException {
        Args args = reader.command(json.getBytes(StandardCharsets.UTF_8));
        return java.util.stream.IntStream.range(0, args.count())
                .mapToObj(args::textAt)
                .toList();
    }

    private void refused(String json, String message) {
        assertThatThrownBy(() -> reader.command(latin(json)))
                .isInstanceOf(RestException.class)
                .hasMessageStartingWith(message);
    }

    private void refusedMany(String json, String message) {
        assertThatThrownBy(() -> reader.commands(latin(json)))
                .isInstanceOf(RestException.class)
                .hasMessageStartingWith(message);
    }

    private List<String> path(String path, String query, String body) throws RestException {
        return words(reader.fromPath(path, query, latin(body)));
    }

    private List<String> json(String body) throws RestException {
        return words(reader.command(latin(body)));
    }

    private static String token(String query) {
        return RequestReader.token(query)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("none");
    }

    private static List<String> words(Args args) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.count(); i++) {
            words.add(new String(args.bytesAt(i).toArray(), StandardCharsets.ISO_8859_1));
        }
        return words;
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
