// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import io.meridian.router.token.SessionToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client of the REST API sees: commands, their answers, tokens and levels. */
@Timeout(60)
class RestServerTest {
    private static final String UNAUTHORIZED = "{\"error\":\"WRONGPASS invalid or missing auth token. See"
            + " https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details.\"}";

    private final RestFixture rest = RestFixture.start();
    private final HttpPeer http = rest.connect();

    @AfterEach
    void stop() {
        http.close();
        rest.close();
    }

    @Test
    void commandsComeInPathsBodiesAndQueries() {
        is(http.ask("GET", "/set/foo/bar", ""), 200, "{\"result\":\"OK\"}");
        is(http.ask("GET", "/GET/foo", ""), 200, "{\"result\":\"bar\"}");
        is(http.ask("PUT", "/set/foo?EX=100", "{\"a\": 1}"), 200, "{\"result\":\"OK\"}");
        is(http.ask("POST", "/get/foo", ""), 200, "{\"result\":\"{\\\"a\\\": 1}\"}");
        is(http.ask("GET", "/ttl/foo", ""), 200, "{\"result\":100}");
        is(http.post("/", "[\"SET\",\"k\",\"v\",\"ex\",10]"), 200, "{\"result\":\"OK\"}");
        is(http.post("/", "[\"HSET\",\"h\",\"f\",1.5]"), 200, "{\"result\":1}");
        is(http.post("/", "[\"HGETALL\",\"h\"]"), 200, "{\"result\":[\"f\",\"1.5\"]}");
        is(http.post("/", "[\"HGETALL\",\"none\"]"), 200, "{\"result\":[]}");
        is(http.ask("GET", "/get/none", ""), 200, "{\"result\":null}");
        is(http.ask("GET", "http://host:1/get/foo%3F?_token=" + LoneNode.TOKEN, ""), 200, "{\"result\":null}");
        is(http.ask("POST", "/lpush/\u00c3\u00a4", "[\"a\"]"), 200, "{\"result\":1}");
        is(http.ask("GET", "/lrange/%C3%A4/0/-1", ""), 200, "{\"result\":[\"[\\\"a\\\"]\"]}");
        assertThat(http.ask("GET", "/ping", "").header("content-type")).isEqualTo("application/json; charset=utf-8");
    }

    @Test
    void failuresAreErrorsWithTheirStatus() {
        http.ask("GET", "/set/s/v", "");

        is(http.ask("GET", "/incr/s", ""), 400, "{\"error\":\"ERR value is not an int or out of range\"}");
        is(
                http.ask("GET", "/lpush/s/x", ""),
                400,
                "{\"error\":\"WRONGTYPE Operation against a key holding the wrong kind of value\"}");
        is(http.ask("GET", "/get", ""), 400, "{\"error\":\"ERR wrong number of arguments for 'get' command\"}");
        is(
                http.ask("GET", "/nosuch/a", ""),
                400,
                "{\"error\":\"ERR Command is not available: 'nosuch'. See"
                        + " https://upstash.com/docs/redis/overall/rediscompatibility for details\"}");
        is(
                http.post("/", "[\"client\",\"list\"]"),
                400,
                "{\"error\":\"ERR Command \\\"client\\\" is not allowed in REST or it has a special context path\"}");
        for (String command : List.of("AUTH/x", "HELLO", "reset", "multi", "EXEC", "WATCH/k", "SELECT/1", "QUIT")) {
            assertThat(http.ask("GET", "/" + command, "").body()).contains("is not allowed in REST");
        }
        is(http.post("/", ""), 400, "{\"error\":\"EOF\"}");
        is(
                http.post("/", "{\"a\":1}"),
                400,
                "{\"error\":\"ERR failed to parse command: expected a JSON array or command text\"}");
        assertThat(http.post("/", "[\"GET\",\"s\"]").header("upstash-sync-token"))
                .isNotEmpty();
        assertThat(http.ask("GET", "/get", "").header("upstash-sync-token")).isEmpty();
    }

    @Test
    void onlyFourMethodsCarryCommands() {
        for (String method : List.of("DELETE", "PATCH", "TRACE", "FOO")) {
            is(http.ask(method, "/get/a", ""), 405, "");
        }
        http.ask("GET", "/set/a/b", "");
        Answer head = http.ask("HEAD", "/get/a", "");
        is(head, 200, "");
        assertThat(head.header("content-length")).isEqualTo("14");
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":\"b\"}");
    }

    @Test
    void theTokenIsInTheHeaderOrTheQuery() {
        String token = LoneNode.TOKEN;
        is(http.askWithoutToken("GET", "/ping", "", "Authorization: Bearer " + token), 200, "{\"result\":\"PONG\"}");
        is(http.askWithoutToken("GET", "/ping", "", "authorization: bearer  " + token), 200, "{\"result\":\"PONG\"}");
        is(http.askWithoutToken("GET", "/ping", "", "Authorization: " + token), 200, "{\"result\":\"PONG\"}");
        is(http.askWithoutToken("GET", "/ping?_token=" + token, ""), 200, "{\"result\":\"PONG\"}");
        is(
                http.askWithoutToken("GET", "/ping?_token=" + token, "", "Authorization: Bearer wrong"),
                200,
                "{\"result\":\"PONG\"}");
        is(
                http.ask("GET", "/echo/a?my_token=x", ""),
                400,
                "{\"error\":\"ERR wrong number of arguments for 'echo' command\"}");
        is(
                http.askWithoutToken(
                        "POST", "/", "[\"SET\",\"a\",\"b\"]", "Authorization: Bearer " + LoneNode.READER_TOKEN),
                400,
                "{\"error\":\"NOPERM this user has no permissions to run the 'set' command (or its subcommand)\"}");
        is(
                http.askWithoutToken("GET", "/scan/0", "", "Authorization: Bearer " + LoneNode.READER_TOKEN),
                400,
                "{\"error\":\"NOPERM this user has no permissions to run the 'scan' command (or its subcommand)\"}");
    }

    @Test
    void withoutAGoodTokenNothingIsAnsweredAndTheConnectionEnds() {
        List<String> requests = List.of(
                HttpPeer.request("GET", "/ping", ""),
                HttpPeer.request("GET", "/ping", "", "Authorization: Bearer wrong"),
                HttpPeer.request("GET", "/ping?_token=wrong", "", "Authorization: Bearer " + LoneNode.TOKEN),
                HttpPeer.request("GET", "/ping?_token=%", "", "Authorization: Bearer " + LoneNode.TOKEN),
                HttpPeer.request("POST", "/", "[\"SET\",\"a\",\"b\"]"),
                HttpPeer.request("POST", "/pipeline", "[[\"SET\",\"a\",\"b\"]]"),
                HttpPeer.request("POST", "/livezz", "x"),
                HttpPeer.request("POST", "/", "x".repeat(300_000)));
        for (String request : requests) {
            try (HttpPeer stranger = rest.connect()) {
                stranger.send(request);
                Answer answer = stranger.read();
                is(answer, 401, UNAUTHORIZED);
                assertThat(answer.header("connection")).isEqualTo("close");
                stranger.endInput();
                assertThat(stranger.isClosed()).isTrue();
            }
        }
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":null}");
    }

    @Test
    void aConnectionMaySpeakForSeveralCredentials() {
        http.ask("GET", "/set/k/main", "");
        is(http.askWithoutToken("GET", "/get/k?_token=" + LoneNode.OTHER_TOKEN, ""), 200, "{\"result\":null}");
        is(http.ask("GET", "/get/k", ""), 200, "{\"result\":\"main\"}");
        is(http.askWithoutToken("GET", "/get/k?_token=" + LoneNode.READER_TOKEN, ""), 200, "{\"result\":\"main\"}");
    }

    @Test
    void pipelinesAnswerEachCommandAndGoOnAfterFailures() {
        is(
                http.post(
                        "/pipeline",
                        "[[\"SET\",\"a\",1],[\"INCR\",\"a\"],[\"LPUSH\",\"a\",\"x\"],[\"MULTI\"],[\"NOSUCH\"],[\"GET\",\"a\"]]"),
                200,
                "[{\"result\":\"OK\"},{\"result\":2},{\"error\":\"WRONGTYPE Operation against a key holding the wrong"
                    + " kind of value\"},{\"error\":\"ERR Command \\\"MULTI\\\" is not allowed in REST or it has a"
                    + " special context path\"},{\"error\":\"ERR Command is not available: 'NOSUCH'. See"
                    + " https://upstash.com/docs/redis/overall/rediscompatibility for details\"},{\"result\":\"2\"}]");
        is(http.post("/pipeline", "[]"), 400, "{\"error\":\"ERR empty pipeline request\"}");
        is(
                http.post("/pipeline", "[[\"SET\",\"b\",1],[\"SET\",\"b\",null]]"),
                400,
                "{\"error\":\"ERR null args are not supported\"}");
        is(http.ask("GET", "/get/b", ""), 200, "{\"result\":null}");
    }

    @Test
    void transactionsRunAllOrNothing() {
        is(
                http.post("/multi-exec", "[[\"SET\",\"a\",\"x\"],[\"INCR\",\"a\"],[\"GET\",\"a\"],[\"PING\"]]"),
                200,
                "[{\"result\":\"OK\"},{\"error\":\"ERR value is not an int or out of range\"},{\"result\":\"x\"},"
                        + "{\"result\":\"PONG\"}]");
        is(
                http.post("/multi-exec", "[[\"SET\",\"a\",\"y\"],[\"NOSUCH\"]]"),
                400,
                "{\"error\":\"ERR Command is not available: 'NOSUCH'. See"
                        + " https://upstash.com/docs/redis/overall/rediscompatibility for details\"}");
        is(
                http.post("/multi-exec", "[[\"SET\",\"a\",\"y\"],[\"EXEC\"]]"),
                400,
                "{\"error\":\"ERR Command \\\"EXEC\\\" is not allowed in REST or it has a special context path\"}");
        is(
                http.post("/multi-exec", "[[\"SET\",\"a\",\"y\"],[\"GET\"]]"),
                400,
                "{\"error\":\"ERR wrong number of arguments for 'get' command\"}");
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":\"x\"}");
        is(http.post("/multi-exec", "[[\"GET\",\"a\"]]"), 200, "[{\"result\":\"x\"}]");
    }

    @Test
    void stringsAreEncodedOnDemand() {
        String header = "Upstash-Encoding: base64";
        is(http.post("/", "[\"SET\",\"a\",\"b\"]", header), 200, "{\"result\":\"OK\"}");
        is(http.post("/", "[\"PING\"]", header), 200, "{\"result\":\"UE9ORw==\"}");
        is(http.post("/", "[\"INCR\",\"a\"]", header), 400, "{\"error\":\"ERR value is not an int or out of range\"}");
        is(
                http.post("/pipeline", "[[\"SET\",\"a\",\"b\"],[\"MGET\",\"a\",\"none\"]]", header),
                200,
                "[{\"result\":\"OK\"},{\"result\":[\"Yg==\",null]}]");
        is(
                http.post("/multi-exec", "[[\"SET\",\"a\",\"b\"],[\"GET\",\"a\"]]", header),
                200,
                "[{\"result\":\"OK\"},{\"result\":\"Yg==\"}]");
    }

    @Test
    void bytesThatAreNoTextBecomeReplacementCharacters() {
        http.ask("POST", "/set/k", "\u0000\u00ff\"");
        assertThat(utf8(http.ask("GET", "/get/k", "").body())).isEqualTo("{\"result\":\"\\u0000\ufffd\\\"\"}");
        is(http.ask("GET", "/get/k", "", "upstash-encoding: base64"), 200, "{\"result\":\"AP8i\"}");
    }

    @Test
    void repliesComeInResp2OnDemand() {
        String header = "Upstash-Response-Format: resp2";
        Answer set = http.post("/", "[\"SET\",\"a\",\"b\"]", header);
        is(set, 200, "+OK\r\n");
        assertThat(set.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(set.header("upstash-sync-token")).isNotEmpty();
        is(http.ask("GET", "/get/a", "", header), 200, "$1\r\nb\r\n");
        is(http.ask("GET", "/incr/a", "", header), 400, "-ERR value is not an int or out of range\r\n");
        is(
                http.post("/pipeline", "[[\"GET\",\"a\"],[\"NOSUCH\"],[\"STRLEN\",\"a\"]]", header),
                200,
                "$1\r\n"
                        + "b\r\n"
                        + "-ERR Command is not available: 'NOSUCH'. See"
                        + " https://upstash.com/docs/redis/overall/rediscompatibility for details\r\n"
                        + ":1\r\n");
        is(http.post("/multi-exec", "[[\"GET\",\"a\"]]", header), 200, "[{\"result\":\"b\"}]");
        is(http.ask("GET", "/get/a", "", "Upstash-Response-Format: json"), 200, "{\"result\":\"b\"}");
        assertThat(http.ask("GET", "/get/a", "", "Upstash-Response-Format: xml").status())
                .isEqualTo(400);
        assertThat(http.ask("GET", "/get/a", "", header, "Upstash-Encoding: base64")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void refusalsComeInResp2TooWhereItIsAskedFor() {
        String header = "Upstash-Response-Format: resp2";
        Answer nothing = http.post("/", "", header);
        is(nothing, 400, "-EOF\r\n");
        assertThat(nothing.header("content-type")).isEqualTo("application/octet-stream");
        is(http.post("/pipeline", "[[\"GET\",null]]", header), 400, "-ERR null args are not supported\r\n");
        is(
                http.ask("GET", "/multi", "", header),
                400,
                "-ERR Command \"multi\" is not allowed in REST or it has a special context path\r\n");
        assertThat(http.post("/", "[\"SET\",\"k\",\"" + "v".repeat(RestFixture.REQUEST_MAX) + "\"]", header))
                .matches(
                        answer -> answer.status() == 413 && answer.body().startsWith("-ERR max request size exceeded"));
        assertThat(http.ask("GET", "/get/a", "", header, "Meridian-Consistency: x")
                        .body())
                .startsWith("-ERR invalid Meridian-Consistency");
        // Without a good format there is none to answer in but JSON.
        assertThat(http.ask("GET", "/get/a", "", header, "Upstash-Encoding: base64")
                        .body())
                .startsWith("{\"error\":\"ERR Upstash-Response-Format");
        try (HttpPeer stranger = rest.connect()) {
            is(
                    stranger.askWithoutToken("GET", "/get/a", "", header),
                    401,
                    "-" + UNAUTHORIZED.substring(10, UNAUTHORIZED.length() - 2) + "\r\n");
        }
    }

    @Test
    void aTransactionIsAnsweredInJsonWhateverFormatIsAskedFor() {
        is(
                http.post("/multi-exec", "[[\"NOSUCH\"]]", "Upstash-Response-Format: resp2"),
                400,
                "{\"error\":\"ERR Command is not available: 'NOSUCH'. See"
                        + " https://upstash.com/docs/redis/overall/rediscompatibility for details\"}");
        is(http.post("/multi-exec", "", "Upstash-Response-Format: resp2"), 400, "{\"error\":\"EOF\"}");
        is(http.post("/multi-exec", "[[\"PING\"]]", "Upstash-Response-Format: xml"), 200, "[{\"result\":\"PONG\"}]");
        is(
                http.post("/multi-exec", "[[\"PING\"]]", "Upstash-Response-Format: resp2", "Upstash-Encoding: base64"),
                200,
                "[{\"result\":\"UE9ORw==\"}]");
    }

    @Test
    void aReplyThatCannotBeWrittenCostsOnlyItsOwnRequestTheAnswer() {
        String header = "Upstash-Response-Format: resp2";
        http.ask("GET", "/rpush/l/secret", "");

        // The writer of these tests knows no arrays.
        is(http.ask("GET", "/lrange/l/0/-1", "", header), 500, "-ERR the reply cannot be written\r\n");
        is(
                http.post("/pipeline", "[[\"LPOP\",\"l\",\"1\"]]", header),
                500,
                "-UNKNOWN the reply cannot be written, what was asked may have been applied\r\n");
        is(http.ask("GET", "/llen/l", ""), 200, "{\"result\":0}");
    }

    @Test
    void aClientThatReliesOnAnIdempotencyKeyIsRefused() {
        String body = "[[\"INCR\",\"a\"]]";
        String refused =
                "{\"error\":\"ERR Idempotency-Key is not supported in this version, so that nothing was applied\"}";
        is(http.post("/pipeline", body, "Idempotency-Key: 1"), 400, refused);
        is(http.post("/multi-exec", body, "idempotency-key:"), 400, refused);
        is(http.ask("GET", "/incr/a", "", "Idempotency-Key: 1"), 400, refused);
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":null}");
    }

    @Test
    void theSyncTokenCoversWritesReadsAndTheTokenThatCame() {
        String first = http.ask("GET", "/ping", "").header("upstash-sync-token");
        String second = http.ask("GET", "/set/a/b", "").header("upstash-sync-token");
        assertThat(second).isNotEmpty().isNotEqualTo(first).matches("[A-Za-z0-9_-]+");
        assertThat(index(second)).isEqualTo(1);
        assertThat(index(http.post("/pipeline", "[[\"GET\",\"a\"],[\"SET\",\"a\",\"c\"]]")
                        .header("upstash-sync-token")))
                .isEqualTo(2);
        assertThat(index(http.post("/multi-exec", "[[\"SET\",\"a\",\"d\"]]").header("upstash-sync-token")))
                .isEqualTo(3);
        try (HttpPeer other = rest.connect()) {
            assertThat(index(other.ask("GET", "/get/a", "").header("upstash-sync-token")))
                    .isEqualTo(3);
        }
        try (HttpPeer other = rest.connect()) {
            Answer late = other.ask("GET", "/ping", "", "upstash-sync-token: " + second);
            assertThat(index(late.header("upstash-sync-token"))).isEqualTo(1);
        }
        for (String foreign : List.of("", "my-new-sync-token", "0a1b2c", second + "A", "%%%", "x".repeat(3000))) {
            is(http.ask("GET", "/get/a", "", "upstash-sync-token: " + foreign), 200, "{\"result\":\"d\"}");
        }
    }

    /** Some clients send each token one request late, and an empty one first. */
    @Test
    void aConnectionRemembersTheHighestTokenThatItHasHandedOut() {
        String old = http.ask("GET", "/set/a/old", "").header("upstash-sync-token");
        String ahead = LoneNode.tokens().write(new SessionToken(List.of(new SessionToken.Seen("us/0", 7, 2))));
        try (HttpPeer empty = rest.connect();
                HttpPeer late = rest.connect()) {
            for (HttpPeer client : List.of(empty, late)) {
                Answer handedOut = client.ask("GET", "/ping", "", "upstash-sync-token: " + ahead);
                assertThat(index(handedOut.header("upstash-sync-token"))).isEqualTo(2);
            }
            String token = "Authorization: Bearer " + LoneNode.TOKEN;
            empty.send(HttpPeer.request("GET", "/get/a", "", token, "upstash-sync-token: "));
            late.send(HttpPeer.request("GET", "/get/a", "", token, "upstash-sync-token: " + old));
            // Both reads have come by now; what they ask for has not.
            for (int i = 0; i < 3; i++) {
                assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            http.ask("GET", "/set/a/new", "");

            is(empty.read(), 200, "{\"result\":\"new\"}");
            is(late.read(), 200, "{\"result\":\"new\"}");
        }
    }

    @Test
    void aReadWithATokenWaitsUntilItIsCovered() {
        http.ask("GET", "/set/a/old", "");
        String ahead = LoneNode.tokens().write(new SessionToken(List.of(new SessionToken.Seen("us/0", 7, 2))));
        try (HttpPeer reader = rest.connect()) {
            is(reader.ask("GET", "/get/a", ""), 200, "{\"result\":\"old\"}");
            reader.send(HttpPeer.request(
                    "GET", "/get/a", "", "Authorization: Bearer " + LoneNode.TOKEN, "upstash-sync-token: " + ahead));
            http.ask("GET", "/set/a/new", "");

            Answer answer = reader.read();
            is(answer, 200, "{\"result\":\"new\"}");
            assertThat(answer.header("meridian-consistency")).isEqualTo("session");
        }
    }

    @Test
    void theLevelIsChosenAndToldPerRequest() {
        Answer write = http.ask("GET", "/set/a/b", "");
        assertThat(write.headers()).doesNotContainKeys("meridian-served-by", "meridian-consistency");
        Answer read = http.ask("GET", "/get/a", "");
        assertThat(read.header("meridian-served-by")).isEqualTo("us/us-1");
        assertThat(read.header("meridian-consistency")).isEqualTo("eventual");
        assertThat(read.header("meridian-staleness-ms")).isEqualTo("0");
        assertThat(http.ask("GET", "/set/a/b", "").headers()).doesNotContainKey("meridian-served-by");
        for (String path : List.of("/pipeline", "/multi-exec")) {
            Answer both = http.post(path, "[[\"SET\",\"a\",\"b\"],[\"GET\",\"a\"]]");
            assertThat(both.header("meridian-served-by")).as(path).isEqualTo("us/us-1");
            assertThat(both.header("meridian-staleness-ms")).as(path).isEqualTo("0");
            assertThat(http.post(path, "[[\"SET\",\"a\",\"b\"]]").headers())
                    .as(path)
                    .doesNotContainKey("meridian-served-by");
        }
        assertThat(http.ask("GET", "/get/a", "", "Meridian-Consistency: linearizable")
                        .header("meridian-consistency"))
                .isEqualTo("linearizable");
        assertThat(http.ask("GET", "/get/a", "", "Meridian-Consistency: SESSION")
                        .header("meridian-consistency"))
                .isEqualTo("session");
        assertThat(http.ask("GET", "/get/a", "", "upstash-sync-token:").header("meridian-consistency"))
                .isEqualTo("session");
        assertThat(http.ask("GET", "/get/a", "").header("meridian-consistency")).isEqualTo("eventual");
        is(
                http.ask("GET", "/get/a", "", "Meridian-Consistency: strong"),
                400,
                "{\"error\":\"ERR invalid Meridian-Consistency: 'strong' is not one of eventual, session,"
                        + " linearizable\"}");
        assertThat(http.ask("GET", "/get/a", "", "Meridian-Consistency: bounded=5")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void withoutALeaderAWriteIsHeldAndThenRefused() {
        rest.node().replica().lead(false);
        Answer answer = http.ask("GET", "/set/a/b", "");

        is(answer, 503, "{\"error\":\"CLUSTERDOWN no leader of group us/0 answered in time, nothing was applied\"}");
        assertThat(answer.header("retry-after")).isEqualTo("1");
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":null}");
        is(
                http.post("/pipeline", "[[\"SET\",\"a\",\"b\"],[\"PING\"]]"),
                200,
                "[{\"error\":\"CLUSTERDOWN no leader of group us/0 answered in time, nothing was applied\"},"
                        + "{\"result\":\"PONG\"}]");
        rest.node().replica().lead(true);
        is(http.ask("GET", "/set/a/b", ""), 200, "{\"result\":\"OK\"}");
    }

    @Test
    void aWriteToALeaderThatTakesNoneFailsAtOnceAndReadsGoOn() {
        rest.node().replica().takeNoWrites("no space left on the leader's disk");
        Answer answer = http.ask("GET", "/set/a/b", "");

        is(
                answer,
                503,
                "{\"error\":\"MISCONF group us/0 takes no writes, nothing was applied: no space left on the leader's"
                        + " disk\"}");
        assertThat(answer.header("retry-after")).isEqualTo("1");
        is(http.ask("GET", "/get/a", ""), 200, "{\"result\":null}");
        rest.node().replica().takeNoWrites("");
        is(http.ask("GET", "/set/a/b", ""), 200, "{\"result\":\"OK\"}");
    }

    @Test
    void longAnswersAreZippedForThoseWhoTakeThem() throws IOException {
        String value = "v".repeat(2000);
        http.ask("POST", "/set/long", value);
        Answer zipped = http.ask("GET", "/get/long", "", "Accept-Encoding: br, gzip;q=0.5");

        assertThat(zipped.header("content-encoding")).isEqualTo("gzip");
        assertThat(zipped.header("vary")).isEqualTo("accept-encoding");
        assertThat(zipped.body().length()).isLessThan(200);
        try (GZIPInputStream in =
                new GZIPInputStream(new ByteArrayInputStream(zipped.body().getBytes(StandardCharsets.ISO_8859_1)))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo("{\"result\":\"" + value + "\"}");
        }
        for (String accepted : List.of("identity", "gzip;q=0", "x-gzip-not", "br")) {
            Answer plain = http.ask("GET", "/get/long", "", "Accept-Encoding: " + accepted);
            assertThat(plain.headers()).as(accepted).doesNotContainKey("content-encoding");
        }
        http.ask("POST", "/set/short", "v".repeat(1024 - 13));
        assertThat(http.ask("GET", "/get/short", "", "Accept-Encoding: gzip").headers())
                .doesNotContainKey("content-encoding");
    }

    @Test
    void browsersOfOtherOriginsAreLetIn() {
        Answer preflight = http.askWithoutToken(
                "OPTIONS",
                "/pipeline",
                "",
                "Origin: https://app.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization");
        is(preflight, 200, "");
        assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://app.example");
        assertThat(preflight.header("access-control-allow-credentials")).isEqualTo("true");
        assertThat(preflight.header("access-control-allow-headers"))
                .contains(
                        "authorization",
                        "content-type",
                        "upstash-encoding",
                        "upstash-sync-token",
                        "upstash-telemetry-sdk");
        Answer answer = http.ask("GET", "/ping", "", "Origin: https://app.example");
        assertThat(answer.header("access-control-allow-origin")).isEqualTo("https://app.example");
        assertThat(answer.header("access-control-expose-headers")).contains("upstash-sync-token");
        assertThat(answer.header("vary")).isEqualTo("origin");
        assertThat(http.ask("GET", "/ping", "").headers()).doesNotContainKey("access-control-allow-origin");
        assertThat(http.askWithoutToken("GET", "/ping", "", "Origin: https://app.example")
                        .header("access-control-allow-origin"))
                .isEqualTo("https://app.example");
    }

    @Test
    void healthNeedsNoToken() {
        Answer alive = http.askWithoutToken("GET", "/livez", "");
        is(alive, 200, "[+]/livez \n");
        assertThat(alive.header("content-type")).isEqualTo("text/plain; charset=utf-8");
        is(http.askWithoutToken("GET", "/readyz?sync&timeout=5s", ""), 503, "[+]/readyz sync&timeout=5s\n");
        is(http.askWithoutToken("HEAD", "/livez", ""), 200, "");
        is(http.askWithoutToken("POST", "/livez", "ignored"), 200, "[+]/livez \n");
    }

    private static long index(String token) {
        return LoneNode.tokens().read(token).orElseThrow().seen().getFirst().index();
    }

    private static String utf8(String latin) {
        return new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static void is(Answer answer, int status, String body) {
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.status()).isEqualTo(status);
    }
}
