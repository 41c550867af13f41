// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 itself: what is a request, how large it may be, in what order and for how long. */
@Timeout(60)
class RestProtocolTest {
    private static final String AUTH = "Authorization: Bearer " + LoneNode.TOKEN;
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: x\r\n" + AUTH + "\r\n";
    private static final String SET = "[\"SET\",\"smuggled\",\"1\"]";

    private final RestFixture rest = RestFixture.start();

    @AfterEach
    void stop() {
        rest.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // a length beside chunks, in either order
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                // lengths that differ, or are none
                "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
                "Content-Length: 5, 6\r\n\r\nabcdef",
                "Content-Length: -1\r\n\r\n",
                "Content-Length: +5\r\n\r\nabcde",
                "Content-Length: 0x5\r\n\r\nabcde",
                "Content-Length: 5 5\r\n\r\nabcde",
                "Content-Length: 99999999999999999999\r\n\r\n",
                // codings that another reader may take for chunks, or not
                "Transfer-Encoding: xchunked\r\n\r\n",
                "Transfer-Encoding: identity\r\n\r\n",
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
                // malformed chunks
                "Transfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefg\r\n0\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5;a=\n\r\nabcde\r\n0\r\n\r\n",
                // lines that go on
                "X-Folded: a\r\n b\r\n\r\n",
                "X-Folded: a\r\n\tb\r\n\r\n",
                " X-First: a\r\n\r\n",
                // lines that are none
                "no colon\r\n\r\n",
                ": empty\r\n\r\n",
                "X: a\u0000b\r\n\r\n",
                "X: a\nY: b\r\n\r\n",
            })
    void whatTwoReadersCouldReadInTwoWaysIsRefusedAndClosed(String rest) {
        String smuggled = HttpPeer.request("POST", "/", SET, AUTH);
        for (int piece : new int[] {Integer.MAX_VALUE, 7, 1}) {
            try (HttpPeer http = this.rest.connect()) {
                send(http, HEAD + rest + smuggled, piece);
                Answer answer = http.read();

                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).startsWith("{\"error\":\"ERR malformed HTTP request");
                assertThat(answer.header("connection")).isEqualTo("close");
                http.endInput();
                assertThat(http.isClosed()).isTrue();
            }
        }
        try (HttpPeer http = this.rest.connect()) {
            assertThat(http.ask("GET", "/get/smuggled", "").body()).isEqualTo("{\"result\":null}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /ping HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + AUTH + "\r\n\r\n0\r\n\r\n",
                "GET /ping\r\n\r\n",
                "GET /ping HTTP/1.1\nHost: x\r\n" + AUTH + "\r\n\r\n",
                " GET /ping HTTP/1.1\r\nHost: x\r\n" + AUTH + "\r\n\r\n",
                "GET /ping FOO/1.1\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
            })
    void whatIsNotHttpIsRefusedAndClosed(String bytes) {
        try (HttpPeer http = rest.connect()) {
            http.send(bytes);

            assertThat(http.read().status()).isIn(400, 0);
            http.endInput();
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void chunkedBodiesAreReadAtEverySplit() {
        String request = HEAD
                + "Transfer-Encoding: chunked\r\n\r\n5\r\n[\"SET\r\n8;x=y\r\n\",\"a\",\"b\r\n2\r\n\"]\r\n0\r\n\r\n";
        for (int cut = 0; cut < request.length(); cut += 3) {
            try (HttpPeer http = rest.connect()) {
                http.send(request.substring(0, cut)).send(request.substring(cut));
                assertThat(http.read().body()).isEqualTo("{\"result\":\"OK\"}");
            }
        }
        try (HttpPeer http = rest.connect()) {
            send(http, request + request, 1);
            assertThat(http.read().body()).isEqualTo("{\"result\":\"OK\"}");
            assertThat(http.read().body()).isEqualTo("{\"result\":\"OK\"}");
        }
    }

    @Test
    void aBodyMayBeginWithWhiteSpaceHoweverTheRequestIsCut() {
        String request = "\r\n\r\n" + HttpPeer.request("POST", "/set/k", " \t\r\n x", AUTH);
        for (int cut = 0; cut < request.length(); cut++) {
            try (HttpPeer http = rest.connect()) {
                http.send(request.substring(0, cut));
                assertThat(http.isSilent()).isTrue();
                http.send(request.substring(cut));
                assertThat(http.read().body()).isEqualTo("{\"result\":\"OK\"}");
                assertThat(http.ask("GET", "/get/k", "").body()).isEqualTo("{\"result\":\" \\t\\r\\n x\"}");
            }
        }
    }

    @Test
    void requestsSentTogetherAreAnsweredInTheirOrder() {
        try (HttpPeer http = rest.connect()) {
            rest.node().replica().hold();
            StringBuilder requests = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                requests.append(HttpPeer.request("GET", i % 2 == 0 ? "/set/k/" + i : "/get/k", "", AUTH));
            }
            // Even a refusal waits for its turn.
            requests.append("GARBAGE\r\n\r\n");
            http.send(requests.toString());
            rest.node().replica().release();

            for (int i = 0; i < 200; i++) {
                assertThat(http.read().body())
                        .isEqualTo(i % 2 == 0 ? "{\"result\":\"OK\"}" : "{\"result\":\"" + (i - 1) + "\"}");
            }
            assertThat(http.read().status()).isEqualTo(400);
        }
    }

    @Test
    void aClientThatDoesNotReadStopsBeingServed() {
        try (HttpPeer http = rest.connect();
                HttpPeer other = rest.connect()) {
            String value = "v".repeat(90_000);
            http.ask("POST", "/set/k", value);
            int count = 400;
            var writer = RestFixture.beside(
                    () -> http.send(HttpPeer.request("GET", "/get/k", "", AUTH).repeat(count)));
            for (int i = 0; i < 100; i++) {
                assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            assertThat(rest.calls("GET")).isLessThan(count / 2);

            for (int i = 0; i < count; i++) {
                assertThat(http.read().body().length()).isEqualTo(90_000 + 13);
            }
            RestFixture.ended(writer);
        }
    }

    @Test
    void connectionsStayOpenUnlessToldOtherwise() {
        try (HttpPeer http = rest.connect()) {
            assertThat(http.ask("GET", "/ping", "").headers()).doesNotContainKey("connection");
            assertThat(http.ask("GET", "/ping", "", "Connection: close").header("connection"))
                    .isEqualTo("close");
            assertThat(http.isClosed()).isTrue();
        }
        try (HttpPeer http = rest.connect()) {
            http.send("GET /ping HTTP/1.0\r\nConnection: keep-alive\r\n" + AUTH + "\r\n\r\n");
            assertThat(http.read().header("connection")).isEqualTo("keep-alive");
            http.send("GET /ping HTTP/1.0\r\n" + AUTH + "\r\n\r\n");
            assertThat(http.read().header("connection")).isEqualTo("close");
            assertThat(http.isClosed()).isTrue();
        }
    }

    @Test
    void aLargeAnswerIsWholeBeforeTheConnectionCloses() {
        try (HttpPeer http = rest.connect()) {
            http.ask("POST", "/set/k", "v".repeat(90_000));
            assertThat(http.post(
                                    "/pipeline",
                                    "[[\"GET\",\"k\"]" + ",[\"GET\",\"k\"]".repeat(9) + "]",
                                    "Connection: close")
                            .body()
                            .length())
                    .isEqualTo(2 + 10 * 90_013 + 9);
        }
    }

    @Test
    void aBodyIsAskedForOnceItsTokenIsGood() {
        try (HttpPeer http = rest.connect()) {
            http.send(HEAD + "Content-Length: 8\r\nExpect: 100-continue\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(100);
            http.send("[\"PING\"]");
            assertThat(http.read().body()).isEqualTo("{\"result\":\"PONG\"}");
            http.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n");
            assertThat(http.read().status()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1,200", "0,200", "1,413"})
    void aCommandHasALimit(int more, int status) {
        int size = RestFixture.REQUEST_MAX - 4 + more;
        try (HttpPeer http = rest.connect()) {
            Answer answer = http.ask("POST", "/set/k", "v".repeat(size));
            assertThat(answer.status()).isEqualTo(status);
            if (status == 413) {
                assertThat(answer.body())
                        .isEqualTo("{\"error\":\"ERR max request size exceeded. Limit: 100000 bytes, Actual: 100001"
                                + " bytes. See"
                                + " https://docs.upstash.com/redis/troubleshooting/max_request_size_exceeded for"
                                + " details\"}");
            }
            String json = "[\"SET\",\"k\",\"" + "v".repeat(size) + "\"]";
            assertThat(http.post("/", json).status()).isEqualTo(status);
            Answer pipeline = http.post("/pipeline", "[[\"SET\",\"p\",\"1\"]," + json + "]");
            assertThat(pipeline.status()).isEqualTo(200);
            assertThat(pipeline.body().contains("ERR max request size exceeded"))
                    .isEqualTo(status == 413);
            Answer transaction = http.post("/multi-exec", "[[\"SET\",\"t\",\"1\"]," + json + "]");
            assertThat(transaction.status()).isEqualTo(status == 413 ? 400 : 200);
            assertThat(http.ask("GET", "/exists/p/t", "").body())
                    .isEqualTo(status == 413 ? "{\"result\":1}" : "{\"result\":2}");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1,200", "0,200", "1,400"})
    void aReplyHasALimit(int more, int status) {
        try (HttpPeer http = rest.connect()) {
            int size = RestFixture.REPLY_MAX + more;
            http.ask("POST", "/append/k", "v".repeat(90_000));
            http.ask("POST", "/append/k", "v".repeat(90_000));
            http.ask("POST", "/append/k", "v".repeat(size - 180_000));

            assertThat(http.ask("GET", "/get/k", "").status()).isEqualTo(status);
            Answer pipeline = http.post("/pipeline", "[[\"GET\",\"k\"],[\"STRLEN\",\"k\"]]");
            assertThat(pipeline.body()).endsWith(",{\"result\":" + size + "}]");
            assertThat(pipeline.body()
                            .startsWith("[{\"error\":\"ERR max request size exceeded. Limit: 200000 bytes, Actual: "
                                    + size + " bytes."))
                    .isEqualTo(status == 400);
        }
    }

    /** What was applied must not be answered as if it were not. */
    @Test
    void aWriteWhoseReplyIsTooLargeIsAnsweredAsApplied() {
        String large = "UNKNOWN applied, but its reply is too large. Limit: 200000 bytes, Actual: 200001 bytes";
        try (HttpPeer http = rest.connect()) {
            fill(http, RestFixture.REPLY_MAX + 1);
            Answer getDel = http.ask("GET", "/getdel/k", "");
            assertThat(getDel.status()).isEqualTo(400);
            assertThat(getDel.body()).isEqualTo("{\"error\":\"" + large + "\"}");
            assertThat(getDel.headers()).doesNotContainKey("retry-after");
            assertThat(http.ask("GET", "/exists/k", "").body()).isEqualTo("{\"result\":0}");

            fill(http, RestFixture.REPLY_MAX + 1);
            String commands = "[[\"GET\",\"k\"],[\"SET\",\"k\",\"x\",\"GET\"],[\"GET\",\"k\"]]";
            String[] entries = entries(http.post("/multi-exec", commands));
            assertThat(entries[0]).contains("{\"error\":\"ERR max request size exceeded. Limit: 200000 bytes");
            assertThat(entries[1]).contains(large);
            assertThat(entries[2]).contains("{\"result\":\"x\"}");

            fill(http, RestFixture.REPLY_MAX + 1);
            assertThat(entries(http.post("/pipeline", commands))).isEqualTo(entries);
        }
    }

    @Test
    void theRepliesOfAPipelineHaveALimitTogetherBehindWhichNothingRuns() {
        try (HttpPeer http = rest.connect()) {
            http.ask("POST", "/set/k", "v".repeat(90_000));
            int fit = RestFixture.BODY_MAX / 90_000;
            Answer answer = http.post(
                    "/pipeline",
                    "[[\"GET\",\"k\"]" + ",[\"GET\",\"k\"]".repeat(fit) + ",[\"INCR\",\"n\"],[\"GET\",\"n\"]]");

            assertThat(answer.status()).isEqualTo(200);
            String[] entries = entries(answer);
            assertThat(entries).hasSize(fit + 3);
            for (int i = 0; i < fit; i++) {
                assertThat(entries[i]).hasSize(90_000 + 13);
            }
            assertThat(entries[fit])
                    .isEqualTo("{\"error\":\"ERR the replies of this request are too large together. Limit: 1000000"
                            + " bytes\"}");
            for (int i = fit + 1; i < fit + 3; i++) {
                assertThat(entries[i])
                        .isEqualTo("{\"error\":\"ERR not run, because the replies before it are too large together."
                                + " Limit: 1000000 bytes\"}");
            }
            assertThat(http.ask("GET", "/exists/n", "").body()).isEqualTo("{\"result\":0}");
        }
    }

    @Test
    void whatHasRunWhenTheLimitIsReachedIsAnsweredAsApplied() {
        try (HttpPeer http = rest.connect()) {
            http.ask("POST", "/set/k", "v".repeat(90_000));
            int fit = RestFixture.BODY_MAX / 90_000;
            String[] entries = entries(http.post(
                    "/multi-exec",
                    "[[\"GET\",\"k\"]" + ",[\"GET\",\"k\"]".repeat(fit) + ",[\"GETDEL\",\"k\"],[\"EXISTS\",\"k\"]]"));

            assertThat(entries).hasSize(fit + 3);
            assertThat(entries[fit]).contains("ERR the replies of this request are too large together");
            assertThat(entries[fit + 1])
                    .isEqualTo("{\"error\":\"UNKNOWN applied, but the replies of this request are too large together."
                            + " Limit: 1000000 bytes\"}");
            assertThat(entries[fit + 2]).isEqualTo("{\"result\":0}");
        }
    }

    private static void fill(HttpPeer http, int size) {
        http.ask("GET", "/del/k", "");
        for (int left = size; left > 0; left -= 90_000) {
            http.ask("POST", "/append/k", "v".repeat(Math.min(left, 90_000)));
        }
    }

    private static String[] entries(Answer answer) {
        String body = answer.body();
        return body.substring(1, body.length() - 1).split("(?<=}),(?=\\{)", -1);
    }

    @Test
    void aBodyOfEmptyWordsIsRefusedAndNothingOfItApplied() {
        RestLimits limits = new RestLimits(100_000, 100_000, 8 << 20, 4096, 50, 10, 60_000, 60_000);
        try (RestFixture large = new RestFixture(limits);
                HttpPeer http = large.connect()) {
            String words = ",\"\"".repeat(RestLimits.WORDS_MAX);
            Answer pipeline = http.post("/pipeline", "[[\"SET\",\"a\",\"1\"],[\"DEL\"" + words + "]]");
            assertThat(pipeline.status()).isEqualTo(413);
            assertThat(pipeline.body()).isEqualTo("{\"error\":\"ERR too many words in a request. Limit: 1048576\"}");
            assertThat(http.post("/", "[\"MSET\"" + words + "]").status()).isEqualTo(413);
            assertThat(http.ask("GET", "/dbsize", "").body()).isEqualTo("{\"result\":0}");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyHasALimitAndItsSenderSeesTheAnswer(boolean isChunked) {
        int max = RestFixture.BODY_MAX;
        for (int size : new int[] {max - 1, max, max + 1, 20 * max}) {
            try (HttpPeer http = rest.connect()) {
                String framing = isChunked
                        ? "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(size) + "\r\n"
                        : "Content-Length: " + size + "\r\n\r\n";
                var writer = RestFixture.beside(() -> http.sendUntilClosed("POST /set/k HTTP/1.1\r\nHost: x\r\n" + AUTH
                        + "\r\n" + framing + "v".repeat(size) + (isChunked ? "\r\n0\r\n\r\n" : "")));
                Answer answer = http.read();

                // Within this limit it is beyond that of a command.
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.body())
                        .contains("Limit: " + (size <= max ? RestFixture.REQUEST_MAX : max) + " bytes");
                RestFixture.ended(writer);
            }
        }
    }

    @Test
    void aHeaderAndARequestLineHaveLimits() {
        try (HttpPeer http = rest.connect()) {
            int room = RestFixture.HEADER_MAX - ("Host: x" + AUTH + "X: ").length();
            assertThat(http.ask("GET", "/ping", "", "X: " + "a".repeat(room - 1))
                            .status())
                    .isEqualTo(200);
            assertThat(http.ask("GET", "/ping", "", "X: " + "a".repeat(room)).status())
                    .isEqualTo(200);
            Answer tooLarge = http.ask("GET", "/ping", "", "X: " + "a".repeat(room + 1));
            assertThat(tooLarge.status()).isEqualTo(431);
            assertThat(tooLarge.body()).isEqualTo("{\"error\":\"ERR max header size exceeded. Limit: 4096 bytes\"}");
        }
        try (HttpPeer http = rest.connect()) {
            int room = 32 * 1024 - "GET /strlen/ HTTP/1.1".length();
            assertThat(http.ask("GET", "/echo/" + "a".repeat(room), "").status())
                    .isEqualTo(200);
        }
        try (HttpPeer http = rest.connect()) {
            int room = 32 * 1024 - "GET /echo/ HTTP/1.1".length();
            assertThat(http.ask("GET", "/echo/" + "a".repeat(room), "").status())
                    .isEqualTo(200);
            Answer tooLong = http.ask("GET", "/echo/" + "a".repeat(room + 1), "");
            assertThat(tooLong.status()).isEqualTo(414);
            assertThat(tooLong.body())
                    .isEqualTo("{\"error\":\"ERR max request line size exceeded. Limit: 32768 bytes\"}");
        }
    }

    @Test
    void aQueryAboutHealthHasALimit() {
        String sync = "sync&";
        int room = RestRequest.STRANGER_TEXT_MAX - sync.length();
        try (HttpPeer http = rest.connect()) {
            for (int length : new int[] {room - 1, room}) {
                Answer answer = http.askWithoutToken("GET", "/readyz?" + sync + "a".repeat(length), "");
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.body()).startsWith("[+]/readyz sync&a");
            }
            Answer tooLong = http.askWithoutToken("GET", "/readyz?" + sync + "a".repeat(room + 1), "");
            assertThat(tooLong.status()).isEqualTo(414);
            assertThat(tooLong.body()).isEqualTo("{\"error\":\"ERR max query size exceeded. Limit: 300 bytes\"}");
        }
    }

    @Test
    void requestsThatDripAndIdleConnectionsEnd() {
        AtomicLong millis = new AtomicLong();
        try (RestFixture timed = RestFixture.timed(RestFixture.limits(50, 150), millis);
                HttpPeer dripping = timed.connect();
                HttpPeer silent = timed.connect();
                HttpPeer held = timed.connect();
                HttpPeer other = timed.connect()) {
            dripping.send("GET /pi");
            timed.node().replica().hold();
            held.send(HttpPeer.request("GET", "/set/a/b", "", AUTH));
            RestFixture.eventually("begun", () -> timed.calls("SET") == 1);
            for (int i = 0; i < 2; i++) {
                assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            assertThat(timed.server().connections()).isEqualTo(4);

            millis.addAndGet(60);
            assertThat(dripping.isClosed()).isTrue();
            RestFixture.eventually("one less", () -> timed.server().connections() == 3);
            millis.addAndGet(100);
            assertThat(silent.isClosed()).isTrue();
            // One that waits for its answer is neither.
            timed.node().replica().release();
            assertThat(held.read().body()).isEqualTo("{\"result\":\"OK\"}");
            isCutAsIdle(timed, millis);
            assertThat(held.isClosed()).isTrue();
        }
    }

    /** At the next look it may still be what it was at the last one: then it takes a turn more. */
    private static void isCutAsIdle(RestFixture timed, AtomicLong millis) {
        RestFixture.eventually("idle", () -> {
            millis.addAndGet(200);
            return timed.server().connections() == 0;
        });
    }

    /** No system takes so much for a client that does not read. */
    @Test
    void anAnswerThatIsStillTakenIsNotCutHoweverLongItTakes() {
        int size = 16 << 20;
        AtomicLong millis = new AtomicLong();
        RestLimits limits = new RestLimits(2 * size, 2 * size, 2 * size, 4096, 50, 10, 500, 500);
        try (RestFixture timed = RestFixture.timed(limits, millis);
                HttpPeer slow = timed.connect()) {
            slow.send(HttpPeer.request("POST", "/set/k", "v".repeat(size), AUTH)
                    + HttpPeer.request("GET", "/get/k", "", AUTH));
            assertThat(slow.read().status()).isEqualTo(200);
            RestFixture.eventually("written", () -> timed.server().unsentBytesMax() > 0);
            for (int i = 0; i < 2; i++) {
                try (HttpPeer idle = timed.connect();
                        HttpPeer other = timed.connect()) {
                    assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
                    millis.addAndGet(600);
                    assertThat(idle.isClosed()).isTrue();
                }
            }

            assertThat(slow.read().body().length()).isEqualTo(size + 13);
            isCutAsIdle(timed, millis);
            assertThat(slow.isClosed()).isTrue();
        }
    }

    @Test
    void strangersAreNotListenedToForLong() {
        for (String stream : List.of(
                "GET /" + "a".repeat(10_000_000),
                "GET /livez HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(10_000_000),
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n" + "a".repeat(10_000_000),
                HttpPeer.request("GET", "/ping", "").repeat(100_000),
                "\r\n".repeat(1_000_000) + " ")) {
            try (HttpPeer http = rest.connect()) {
                var writer = RestFixture.beside(() -> http.sendUntilClosed(stream));
                assertThat(http.read().status()).isIn(400, 401, 414, 431);
                RestFixture.eventually("closed", () -> rest.server().connections() == 0);
                RestFixture.ended(writer);
            }
        }
    }

    @Test
    void connectionsHaveALimit() {
        HttpPeer[] peers = new HttpPeer[10];
        try {
            for (int i = 0; i < 10; i++) {
                peers[i] = rest.connect();
            }
            RestFixture.eventually("as many as allowed", () -> rest.server().connections() == 10);
            // Told even before it asks, and also in the middle of a request.
            for (String request : List.of("", HttpPeer.request("POST", "/set/k", "v".repeat(50_000), AUTH))) {
                try (HttpPeer late = rest.connect()) {
                    late.send(request);
                    Answer answer = late.read();
                    assertThat(answer.status()).isEqualTo(503);
                    assertThat(answer.body()).isEqualTo("{\"error\":\"ERR max concurrent connections exceeded\"}");
                    assertThat(answer.header("retry-after")).isEqualTo("1");
                    assertThat(late.isClosed()).isTrue();
                }
            }
            assertThat(peers[0].ask("GET", "/exists/k", "").body()).isEqualTo("{\"result\":0}");
        } finally {
            for (HttpPeer peer : peers) {
                peer.close();
            }
        }
        RestFixture.eventually("none", () -> rest.server().connections() == 0);
    }

    @Test
    void aPortInUseIsSaid() {
        try (var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
            assertThatThrownBy(() -> new RestServer(
                            rest.node().router(),
                            RestFixture.limits(1, 1),
                            (path, query, answer) -> answer.accept(new RestServer.Verdict(true, "")),
                            replies -> new byte[0],
                            loops,
                            NioServerSocketChannel.class,
                            rest.server().address()))
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("REST cannot listen on /127.0.0.1:");
        }
    }

    private static void send(HttpPeer http, String bytes, int piece) {
        try {
            for (int at = 0; at < bytes.length(); at += Math.min(piece, bytes.length())) {
                http.send(bytes.substring(at, (int) Math.min(bytes.length(), at + (long) piece)));
            }
        } catch (java.io.UncheckedIOException closed) {
            // Refused before all was sent: what counts is the answer.
            assertThat(closed).hasCauseInstanceOf(java.io.IOException.class);
        }
    }
}
