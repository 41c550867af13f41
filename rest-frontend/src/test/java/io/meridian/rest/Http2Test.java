// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** HTTP/2 with prior knowledge: the same answers on streams, and bounds on what a client may open, send and leave unread. */
@Timeout(60)
class Http2Test {
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int MAX_HEADER_LIST_SIZE = 6;
    private static final int WINDOW = 65_535;
    private static final int WHOLE = Http2Peer.END_HEADERS | Http2Peer.END_STREAM;

    private final RestFixture rest = RestFixture.start();
    private final Http2Peer http = connect();

    @AfterEach
    void stop() {
        http.close();
        rest.close();
    }

    private Http2Peer connect() {
        return new Http2Peer(rest.server().address());
    }

    @Test
    void answersAreThoseOfHttp1() {
        String[][] requests = {
            {"GET", "/set/k/v", ""},
            {"GET", "/get/k", ""},
            {"HEAD", "/get/k", ""},
            {"POST", "/", "[\"GET\",\"k\"]"},
            {"POST", "/set/long", "v".repeat(2000)},
            {"GET", "/get/long", "", "accept-encoding: gzip"},
            {"POST", "/pipeline", "[[\"GET\",\"k\"],[\"NOSUCH\"]]", "upstash-encoding: base64"},
            {"POST", "/multi-exec", "[[\"GET\",\"k\"]]", "origin: https://app.example"},
            {"OPTIONS", "/pipeline", "", "origin: https://app.example"},
            {"GET", "/get/k", "", "upstash-response-format: resp2"},
            {"GET", "/incr/k", ""},
            {"DELETE", "/get/k", ""},
            {"GET", "/livez?sync", ""},
            {"GET", "/openapi.json", ""},
        };
        for (String[] request : requests) {
            String[] headers = Arrays.copyOfRange(request, 3, request.length);
            try (HttpPeer one = rest.connect()) {
                Answer two = http.ask(request[0], request[1], request[2], headers);
                Answer expected = one.ask(request[0], request[1], request[2], headers);

                assertThat(two.status()).as(request[1]).isEqualTo(expected.status());
                assertThat(two.body()).as(request[1]).isEqualTo(expected.body());
                assertThat(withoutToken(two)).as(request[1]).isEqualTo(withoutToken(expected));
            }
        }
    }

    /** A token holds what its session has seen, which a request before may have changed. */
    private static Map<String, String> withoutToken(Answer answer) {
        Map<String, String> headers = new TreeMap<>(answer.headers());
        headers.computeIfPresent("upstash-sync-token", (_, _) -> "some");
        return headers;
    }

    @Test
    void requestsAreAnsweredAsTheyAreReadyNotInTheirOrder() {
        rest.node().replica().hold();
        List<Integer> writes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            writes.add(http.request("GET", "/rpush/l/" + i, ""));
        }
        assertThat(http.ask("GET", "/llen/l", "").body()).isEqualTo("{\"result\":0}");
        rest.node().replica().release();

        for (int i = 0; i < 50; i++) {
            assertThat(http.answer(writes.get(i)).body()).isEqualTo("{\"result\":" + (i + 1) + "}");
        }
    }

    @Test
    void aBodyMayComeInPieces() {
        int stream = http.open("POST", "/set/k", Http2Peer.END_HEADERS, "authorization: Bearer " + LoneNode.TOKEN);
        http.data(stream, "a", false);
        http.data(stream, "", false);
        http.data(stream, "b".repeat(40_000), false);
        http.data(stream, "c", true);

        assertThat(http.answer(stream).body()).isEqualTo("{\"result\":\"OK\"}");
        assertThat(http.ask("GET", "/get/k", "").body()).isEqualTo("{\"result\":\"a" + "b".repeat(40_000) + "c\"}");
    }

    @Test
    void aRequestIsRefusedOnItsStreamAndTheOthersGoOn() {
        int stranger = http.open("POST", "/", Http2Peer.END_HEADERS);
        http.data(stranger, "[\"SET\"", false);
        assertThat(http.answer(stranger).status()).isEqualTo(401);
        // Whole, with no fault of the client's: it is only asked to stop sending.
        assertThat(http.reset(stranger)).isEqualTo((int) Http2Error.NO_ERROR.code());
        int large = http.open(
                "POST",
                "/set/k",
                Http2Peer.END_HEADERS,
                "authorization: Bearer " + LoneNode.TOKEN,
                "content-length: " + (RestFixture.BODY_MAX + 1));
        assertThat(http.answer(large).status()).isEqualTo(413);
        assertThat(http.ask("GET", "/ping", "").body()).isEqualTo("{\"result\":\"PONG\"}");
        assertThat(http.ask("GET", "/exists/k", "").body()).isEqualTo("{\"result\":0}");
    }

    /** Its window is used up, so that the refusal's body has to wait behind the other answer. */
    @Test
    void aRefusalIsWholeAlsoWhereItsClientTakesNothingYet() {
        int size = 30_000 + 13;
        http.ask("POST", "/set/k", "v".repeat(30_000));
        try (Http2Peer slow = connect().takeNothing()) {
            slow.answer(slow.request("GET", "/get/k", ""));
            slow.answer(slow.request("GET", "/get/k", ""));
            int get = slow.request("GET", "/get/k", "");
            slow.awaitBody(get, WINDOW - 2 * size);
            int refused = slow.open("GET", "/get/k", WHOLE, "authorization: Bearer wrong");
            int goesOn = slow.open("POST", "/", Http2Peer.END_HEADERS, "authorization: Bearer wrong");
            slow.awaitHead(goesOn);

            slow.takeAll(get);
            for (int stream : new int[] {refused, goesOn}) {
                Answer answer = slow.answer(stream);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.body()).startsWith("{\"error\":\"WRONGPASS ");
            }
            assertThat(slow.answer(get).body()).hasSize(size);
            assertThat(slow.reset(goesOn)).isEqualTo((int) Http2Error.NO_ERROR.code());
            // That one had ended: nobody needs to be stopped.
            assertThat(slow.isReset(refused)).isFalse();
        }
    }

    @Test
    void aMalformedHeadEndsItsStreamAndNothingElse() {
        rest.node().replica().hold();
        int write = http.request("GET", "/set/k/v", "");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(RestConnection.class);
        log.addAppender(lines);
        try {
            sendMalformedHeads();
        } finally {
            log.detachAppender(lines);
        }
        rest.node().replica().release();
        assertThat(http.answer(write).body()).isEqualTo("{\"result\":\"OK\"}");
        assertThat(lines.list).noneMatch(line -> line.getLevel().isGreaterOrEqual(Level.INFO));
    }

    private void sendMalformedHeads() {
        String token = "authorization: Bearer " + LoneNode.TOKEN;
        String[][] heads = {
            {":method: GET", ":scheme: http", ":authority: x", token},
            {":method: GET", ":path: ", ":scheme: http", ":authority: x", token},
            {":method: GET", ":path: /get k", ":scheme: http", ":authority: x", token},
            {":method: GE T", ":path: /get/k", ":scheme: http", ":authority: x", token},
            {":method: ", ":path: /get/k", ":scheme: http", ":authority: x", token},
            {":path: /get/k", ":scheme: http", ":authority: x", token},
            {":method: CONNECT", token},
            {":status: 200", token},
            {":status: 100", token},
            {token},
        };
        for (String[] head : heads) {
            for (int flags : new int[] {Http2Peer.END_HEADERS, WHOLE}) {
                int stream = http.nextStream();
                http.frame(Http2Peer.HEADERS, flags, stream, http.block(head));
                assertThat(http.reset(stream)).as(head[0]).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
            }
        }
    }

    @Test
    void framesOfUnknownKindsAndPrioritiesAreIgnored() {
        int unknown = 0x4b;
        int stream = http.open("POST", "/set/k", Http2Peer.END_HEADERS, "authorization: Bearer " + LoneNode.TOKEN);
        http.frame(unknown, 0, stream, new byte[10]);
        http.frame(unknown, 0, 0, new byte[10]);
        int priority = 0x2;
        http.frame(priority, 0, stream, new byte[5]);
        http.data(stream, "v", true);
        assertThat(http.answer(stream).body()).isEqualTo("{\"result\":\"OK\"}");

        rest.node().replica().hold();
        int write = http.request("GET", "/append/k/w", "");
        http.frame(unknown, 0, write, new byte[10]);
        RestFixture.eventually("begun", () -> rest.calls("APPEND") == 1);
        http.roundTrips();
        rest.node().replica().release();
        assertThat(http.answer(write).body()).isEqualTo("{\"result\":2}");
        http.frame(unknown, 0, write, new byte[10]);
        assertThat(http.ask("GET", "/get/k", "").body()).isEqualTo("{\"result\":\"vw\"}");
    }

    /** What follows a body may not be another head (RFC 9113 §8.1). */
    @Test
    void aStreamCarriesOneRequest() {
        String token = "authorization: Bearer " + LoneNode.TOKEN;
        int stream = http.open("POST", "/set/k", Http2Peer.END_HEADERS, token);
        http.data(stream, "v", false);
        http.frame(Http2Peer.HEADERS, WHOLE, stream, http.block("GET", "/incr/n", token));
        assertThat(http.reset(stream)).isEqualTo((int) Http2Error.PROTOCOL_ERROR.code());
        assertThat(http.ask("GET", "/exists/k/n", "").body()).isEqualTo("{\"result\":0}");
    }

    @Test
    void theBodiesOfAConnectionHaveALimitTogether() {
        RestLimits limits = new RestLimits(100_000, 100_000, 50_000, 4096, 50, 10, 60_000, 60_000);
        try (RestFixture small = new RestFixture(limits);
                Http2Peer peer = new Http2Peer(small.server().address())) {
            String token = "authorization: Bearer " + LoneNode.TOKEN;
            int first = peer.open("POST", "/set/a", Http2Peer.END_HEADERS, token);
            peer.data(first, "v".repeat(30_000), false);
            int second = peer.open("POST", "/set/b", Http2Peer.END_HEADERS, token);
            peer.data(second, "v".repeat(20_001), false);

            assertThat(peer.answer(second).status()).isEqualTo(429);
            peer.data(first, "v", true);
            assertThat(peer.answer(first).status()).isEqualTo(200);
            assertThat(peer.ask("POST", "/set/b", "v".repeat(10_000)).status()).isEqualTo(200);
        }
    }

    @Test
    void streamsHaveALimit() {
        assertThat(http.setting(MAX_CONCURRENT_STREAMS)).isEqualTo(Http2Connection.STREAMS_MAX);
        rest.node().replica().hold();
        int last = 0;
        for (int i = 0; i < Http2Connection.STREAMS_MAX + 1; i++) {
            last = http.request("GET", "/incr/n", "");
        }
        assertThat(http.reset(last)).isEqualTo((int) Http2Error.REFUSED_STREAM.code());
        rest.node().replica().release();
        assertThat(http.answer(last - 2).body()).isEqualTo("{\"result\":" + Http2Connection.STREAMS_MAX + "}");
        assertThat(http.ask("GET", "/get/n", "").body())
                .isEqualTo("{\"result\":\"" + Http2Connection.STREAMS_MAX + "\"}");
    }

    @Test
    void headersHaveALimit() {
        assertThat(http.setting(MAX_HEADER_LIST_SIZE)).isEqualTo(RestFixture.HEADER_MAX);
        assertThat(http.ask("GET", "/ping", "", "x: " + "a".repeat(3000)).status())
                .isEqualTo(200);
        Answer tooLarge = http.ask("GET", "/ping", "", "x: " + "a".repeat(RestFixture.HEADER_MAX));
        assertThat(tooLarge.status()).isEqualTo(431);
    }

    @Test
    void floodsEndTheirConnection() {
        flood((peer, i) -> peer.frame(Http2Peer.CONTINUATION, 0, 1, new byte[] {'a'}), true);
        flood((peer, i) -> peer.frame(Http2Peer.CONTINUATION, 0, 1, new byte[16_384]), true);
        flood(
                (peer, i) -> {
                    int stream = peer.open("GET", "/ping", WHOLE);
                    peer.frame(Http2Peer.RST_STREAM, 0, stream, new byte[4]);
                },
                false);
        flood((peer, i) -> peer.frame(Http2Peer.DATA, 0, 1, new byte[0]), false);
        assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
    }

    /** Something a client does again and again. */
    private interface Flood {
        void once(Http2Peer peer, int number);
    }

    private void flood(Flood flood, boolean isInHeader) {
        try (Http2Peer peer = connect()) {
            peer.frame(Http2Peer.HEADERS, isInHeader ? 0 : Http2Peer.END_HEADERS, 1, peer.block("POST", "/", "a: b"));
            peer.nextStream();
            var writer = RestFixture.beside(() -> assertThatThrownBy(() -> {
                        for (int i = 0; i < 100_000; i++) {
                            flood.once(peer, i);
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class));
            peer.readToEnd();
            RestFixture.ended(writer);
        }
        RestFixture.eventually("closed", () -> rest.server().connections() == 1);
    }

    /** Both come with one bundle of writes, the first of them to a request that can not be answered. */
    @Test
    void aReplyThatNoMemoryIsLeftForCostsNoOtherRequestItsAnswer() {
        http.ask("POST", "/set/k", RestFixture.TOO_MUCH);
        String token = "authorization: Bearer " + LoneNode.TOKEN;
        int unlucky = http.nextStream();
        int other = http.nextStream();
        ByteBuf requests = Unpooled.buffer();
        requests.writeBytes(Http2Peer.framed(
                Http2Peer.HEADERS,
                Http2Peer.END_HEADERS,
                unlucky,
                http.block("POST", "/pipeline", token, "upstash-response-format: resp2")));
        requests.writeBytes(Http2Peer.framed(
                Http2Peer.DATA,
                Http2Peer.END_STREAM,
                unlucky,
                "[[\"SET\",\"n\",1],[\"GET\",\"k\"]]".getBytes(StandardCharsets.US_ASCII)));
        requests.writeBytes(Http2Peer.framed(Http2Peer.HEADERS, WHOLE, other, http.block("GET", "/incr/n", token)));
        http.send(Arrays.copyOf(requests.array(), requests.readableBytes()));

        Answer answer = http.answer(unlucky);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).startsWith("-UNKNOWN the reply cannot be written");
        assertThat(http.answer(other).body()).isEqualTo("{\"result\":2}");
    }

    @Test
    void whatOneStreamHasSeenTheNextOnesWillNotMiss() {
        String written = http.ask("GET", "/set/k/v", "").header("upstash-sync-token");
        // The token of a client that sends it one request late is empty here.
        Answer read = http.ask("GET", "/ping", "", "upstash-sync-token: ");
        assertThat(read.header("upstash-sync-token")).isEqualTo(written);
    }

    @Test
    void aServerThatStopsSaysSoAndAnswersWhatItHas() {
        rest.node().replica().hold();
        int write = http.request("GET", "/set/k/v", "");
        assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
        rest.server().stopReading();

        assertThat(http.goneAway()).isEqualTo((int) Http2Error.NO_ERROR.code());
        rest.node().replica().release();
        assertThat(http.answer(write).body()).isEqualTo("{\"result\":\"OK\"}");
        var end = RestFixture.beside(() -> rest.server().endOutput());
        http.readToEnd();
        http.close();
        RestFixture.ended(end);
    }

    /** Its client makes room only then, so that the answer cannot have left before the server ends its output. */
    @Test
    void anAnswerThatWaitsForRoomIsSentByAServerThatStops() {
        http.ask("POST", "/set/k", "v".repeat(90_000));
        http.ask("POST", "/append/k", "v".repeat(90_000));
        int size = 180_013;
        try (Http2Peer slow = connect().takeNothing()) {
            int get = slow.request("GET", "/get/k", "");
            slow.awaitBody(get, WINDOW);
            rest.server().stopReading();
            var end = RestFixture.beside(() -> rest.server().endOutput());
            RestFixture.eventually("ended", rest.server()::isEnded);

            int length = WINDOW;
            for (int step : List.of(1000, 1000, 1000, size - WINDOW - 3000)) {
                length += step;
                byte[] room = Unpooled.buffer(4).writeInt(step).array();
                slow.frame(Http2Peer.WINDOW_UPDATE, 0, 0, room);
                slow.frame(Http2Peer.WINDOW_UPDATE, 0, get, room);
                slow.awaitBody(get, length);
            }
            assertThat(slow.answer(get).body()).hasSize(size);
            RestFixture.ended(end);
        }
    }

    @Test
    void idleConnectionsEnd() {
        AtomicLong millis = new AtomicLong();
        try (RestFixture timed = RestFixture.timed(RestFixture.limits(50, 150), millis);
                Http2Peer idle = new Http2Peer(timed.server().address());
                Http2Peer held = new Http2Peer(timed.server().address())) {
            timed.node().replica().hold();
            int write = held.request("GET", "/set/a/b", "");
            RestFixture.eventually("begun", () -> timed.calls("SET") == 1);
            idle.roundTrips();

            millis.addAndGet(200);
            RestFixture.eventually("idle", () -> timed.server().connections() == 1);
            // One that waits for its answer is not idle.
            timed.node().replica().release();
            assertThat(held.answer(write).body()).isEqualTo("{\"result\":\"OK\"}");
            RestFixture.eventually("idle too", () -> {
                millis.addAndGet(200);
                return timed.server().connections() == 0;
            });
            idle.readToEnd();
            held.readToEnd();
        }
    }

    @Test
    void aPrefaceIsToldFromARequestAtEveryCut() throws IOException {
        String preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
        String settings = "\0\0\0\4\0\0\0\0\0";
        for (int cut = 1; cut < preface.length(); cut++) {
            try (HttpPeer peer = rest.connect()) {
                peer.send(preface.substring(0, cut));
                assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
                peer.send(preface.substring(cut) + settings);
                assertThat(peer.firstByte()).isEqualTo(0);
            }
            try (HttpPeer peer = rest.connect()) {
                // Up to its empty line it is a request like those of HTTP/1, of a version that is none of theirs.
                peer.send(preface.substring(0, cut) + "x\n\n");
                assertThat(peer.read().status()).isEqualTo(cut < 18 ? 400 : 505);
            }
        }
    }

    @Test
    void otherImplementationsAreServed() throws Exception {
        String url = "http://127.0.0.1:" + rest.server().address().getPort();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            // It asks for an upgrade of HTTP/1.1, which a server may leave alone (RFC 9113 §3.1).
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create(url + "/set/k/v"))
                            .header("Authorization", "Bearer " + LoneNode.TOKEN)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).isEqualTo("{\"result\":\"OK\"}");
        }
        boolean hasCurl = output("curl", "--version").contains("HTTP2");
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(hasCurl, "no curl that speaks HTTP/2");
        }
        String[] curl = {
            "curl", "-sS", "--noproxy", "*", "--http2-prior-knowledge", "-H", "Authorization: Bearer " + LoneNode.TOKEN
        };
        assertThat(output(with(curl, "-w", "|%{http_version}|%{http_code}", url + "/get/k")))
                .isEqualTo("{\"result\":\"v\"}|2|200");
        assertThat(output(with(curl, "-w", "|%{http_version}|%{http_code}", url + "/incr/k")))
                .isEqualTo("{\"error\":\"ERR value is not an int or out of range\"}|2|400");
        String body = "b".repeat(60_000);
        assertThat(output(with(curl, "-d", body, url + "/set/k"))).isEqualTo("{\"result\":\"OK\"}");
        assertThat(output(with(curl, "--compressed", url + "/get/k"))).isEqualTo("{\"result\":\"" + body + "\"}");
        assertThat(output("curl", "-sS", "--noproxy", "*", "--http2-prior-knowledge", "-d", body, url + "/set/k"))
                .startsWith("{\"error\":\"WRONGPASS ");
    }

    private static String[] with(String[] words, String... more) {
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    private static String output(String... command) throws IOException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException missing) {
            return "";
        }
    }
}
