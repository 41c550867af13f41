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
                "GET /ping HTTP/1.1\n" + AUTH + "\r\n\r\n",
                " GET /ping HTTP/1.1\r\n" + AUTH + "\r\n\r\n",
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
            Thread writer = Thread.ofVirtual()
                    .start(() -> http.send(
                            HttpPeer.request("GET", "/get/k", "", AUTH).repeat(count)));
            for (int i = 0; i < 100; i++) {
                assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            int get = rest.node()
                    .router()
                    .commands()
                    .named("GET")
                    .orElseThrow()
                    .spec()
                    .id();
            assertThat(rest.node().router().calls(get)).isLessThan(count / 2);

            for (int i = 0; i < count; i++) {
                assertThat(http.read().body().length()).isEqualTo(90_000 + 13);
            }
            assertThat(writer.isInterrupted()).isFalse();
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
            http.send("POST / HTTP/1.1\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n");
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

    @Test
    void theRepliesOfAPipelineHaveALimitTogether() {
        try (HttpPeer http = rest.connect()) {
            http.ask("POST", "/set/k", "v".repeat(90_000));
            Answer answer = http.post("/pipeline", "[[\"GET\",\"k\"]" + ",[\"GET\",\"k\"]".repeat(19) + "]");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body().split("vvvvv\"}", -1)).hasSize(RestFixture.BODY_MAX / 90_000 + 1);
            assertThat(answer.body()).contains("{\"error\":\"ERR max request size exceeded. Limit: 1000000 bytes");
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
                Thread writer = Thread.ofVirtual().start(() -> {
                    try {
                        http.send("POST /set/k HTTP/1.1\r\n" + AUTH + "\r\n" + framing + "v".repeat(size)
                                + (isChunked ? "\r\n0\r\n\r\n" : ""));
                    } catch (java.io.UncheckedIOException closed) {
                        assertThat(closed).hasCauseInstanceOf(java.io.IOException.class);
                    }
                });
                Answer answer = http.read();

                // Within this limit it is beyond that of a command.
                assertThat(answer.status()).isEqualTo(413);
                assertThat(answer.body())
                        .contains("Limit: " + (size <= max ? RestFixture.REQUEST_MAX : max) + " bytes");
                assertThat(writer.isInterrupted()).isFalse();
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
    void requestsThatDripAndIdleConnectionsEnd() {
        try (RestFixture hasty = new RestFixture(RestFixture.limits(100, 400));
                HttpPeer dripping = hasty.connect();
                HttpPeer silent = hasty.connect();
                HttpPeer held = hasty.connect()) {
            dripping.send("GET /pi");
            hasty.node().replica().hold();
            held.send(HttpPeer.request("GET", "/set/a/b", "", AUTH));

            assertThat(dripping.isClosed()).isTrue();
            assertThat(silent.isClosed()).isTrue();
            // One that waits for its answer is neither.
            hasty.node().replica().release();
            assertThat(held.read().body()).isEqualTo("{\"result\":\"OK\"}");
            assertThat(held.isClosed()).isTrue();
        }
    }

    @Test
    void strangersAreNotListenedToForLong() {
        for (String stream : List.of(
                "GET /" + "a".repeat(10_000_000),
                "GET /livez HTTP/1.1\r\nX: " + "a".repeat(10_000_000),
                "POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + "a".repeat(10_000_000),
                HttpPeer.request("GET", "/ping", "").repeat(100_000),
                "\r\n".repeat(1_000_000) + " ")) {
            try (HttpPeer http = rest.connect()) {
                Thread.ofVirtual().start(() -> {
                    try {
                        http.send(stream);
                    } catch (java.io.UncheckedIOException closed) {
                        assertThat(closed).hasCauseInstanceOf(java.io.IOException.class);
                    }
                });
                assertThat(http.read().status()).isIn(400, 401, 414, 431);
                RestFixture.eventually("closed", () -> rest.server().connections() == 0);
            }
        }
    }

    @Test
    void connectionsHaveALimit() {
        HttpPeer[] peers = new HttpPeer[11];
        try {
            for (int i = 0; i < 11; i++) {
                peers[i] = rest.connect();
            }
            RestFixture.eventually("as many as allowed", () -> rest.server().connections() == 10);
            assertThat(peers[10].isClosed()).isTrue();
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
