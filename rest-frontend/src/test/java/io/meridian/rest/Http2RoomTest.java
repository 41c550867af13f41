// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Error;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for a client over HTTP/2 that takes its answers late, or never: requests, replies, answers. */
@Timeout(60)
class Http2RoomTest {
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

    /** Its window holds 64 KiB, so that next to nothing of these answers leaves. */
    @Test
    void aClientThatTakesNoAnswersGetsNoMoreOfThemMade() {
        http.ask("POST", "/set/k", "v".repeat(90_000));
        try (Http2Peer idle = connect().takeNothing()) {
            for (int i = 0; i < 90; i++) {
                idle.request("GET", "/get/k", "");
            }
            RestFixture.eventually("some", () -> rest.calls("GET") >= 12);
            for (int i = 0; i < 50; i++) {
                assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            assertThat(rest.calls("GET")).isLessThan(20);
        }
        RestFixture.eventually("closed", () -> rest.server().connections() == 1);
    }

    /** They all run at once, behind a write that waits, and are ready together; writes themselves, they must be answered. */
    @Test
    void repliesBecomeAnswersOnlyAsTheClientTakesThem() {
        http.ask("POST", "/set/k", "v".repeat(90_000));
        rest.node().replica().hold();
        try (Http2Peer slow = connect().takeNothing()) {
            int[] streams = new int[60];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = slow.request(
                        "POST", "/pipeline", "[[\"SET\",\"n\",1],[\"GETEX\",\"k\"]]", "upstash-response-format: resp2");
            }
            RestFixture.eventually("all run", () -> rest.calls("GETEX") == streams.length);
            rest.node().replica().release();
            RestFixture.eventually("some", () -> rest.respAnswers() >= 11);
            for (int i = 0; i < 50; i++) {
                assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            assertThat(rest.respAnswers()).isLessThan(20);

            slow.takeAll(streams);
            for (int stream : streams) {
                assertThat(slow.answer(stream).body()).hasSize(5 + 8 + 90_000 + 2);
            }
        }
    }

    /** As above, but they read: those that find no room beside the others have to be asked again. */
    @Test
    void repliesThatWaitHaveALimitTogether() {
        http.ask("POST", "/set/k", "v".repeat(90_000));
        rest.node().replica().hold();
        String refused = "+OK\r\n-ERR the replies to this connection's requests are too large together. Limit: "
                + RestFixture.BODY_MAX + " bytes\r\n";
        try (Http2Peer slow = connect().takeNothing()) {
            int[] streams = new int[60];
            String body = "[[\"SET\",\"n\",1],[\"GET\",\"k\"]]";
            Arrays.setAll(streams, i -> slow.request("POST", "/pipeline", body, "upstash-response-format: resp2"));
            RestFixture.eventually("all run", () -> rest.calls("GET") == streams.length);
            rest.node().replica().release();
            // Applied behind them all.
            assertThat(http.ask("GET", "/incr/m", "").status()).isEqualTo(200);

            slow.takeAll(streams);
            int whole = 0;
            for (int stream : streams) {
                String answer = slow.answer(stream).body();
                if (answer.length() > 90_000) {
                    whole++;
                } else {
                    assertThat(answer).isEqualTo(refused);
                }
            }
            assertThat(whole).isBetween(20, 30);
            assertThat(slow.ask("GET", "/get/k", "").body()).hasSize(90_000 + 13);
        }
    }

    /** They wait for writes behind them, so that none is an answer yet. */
    @Test
    void repliesThatWaitHoldBackFurtherRequests() {
        RestLimits limits = new RestLimits(100_000, 100_000, 16_000_000, 4096, 50, 10, 60_000, 60_000);
        try (RestFixture large = new RestFixture(limits);
                Http2Peer busy = new Http2Peer(large.server().address());
                Http2Peer other = new Http2Peer(large.server().address())) {
            other.ask("POST", "/set/k", "v".repeat(90_000));
            large.node().replica().hold();
            int[] streams = new int[60];
            String body = "[[\"GET\",\"k\"],[\"SET\",\"n\",1]]";
            Arrays.setAll(streams, i -> busy.request("POST", "/pipeline", body, "upstash-response-format: resp2"));
            RestFixture.eventually("some", () -> large.calls("GET") >= 12);
            for (int i = 0; i < 50; i++) {
                assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            assertThat(large.calls("GET")).isLessThan(20);
            large.node().replica().release();

            for (int stream : streams) {
                assertThat(busy.answer(stream).body()).hasSize(8 + 90_000 + 2 + 5);
            }
        }
    }

    /** The window holds 64 KiB of them, and as many more may wait as of other answers to strangers. */
    @Test
    void verdictsOnHealthWaitForRoomToo() {
        try (Http2Peer slow = connect().takeNothing()) {
            int[] streams = new int[90];
            Arrays.setAll(streams, i -> slow.open("GET", "/livez?late", WHOLE));
            RestFixture.eventually("asked", () -> rest.lateVerdicts() == streams.length);
            rest.giveLateVerdicts();
            slow.roundTrips();
            assertThat(slow.begun()).isBetween(16L, 30L);

            slow.takeAll(streams);
            for (int stream : streams) {
                assertThat(slow.answer(stream).body()).isEqualTo(RestFixture.LATE_VERDICT);
            }
        }
    }

    @Test
    void nobodyMakesAnswersForStreamsThatWereResetWhileTheyWaited() {
        http.ask("POST", "/set/k", "v".repeat(90_000));
        rest.node().replica().hold();
        try (Http2Peer slow = connect().takeNothing()) {
            int[] streams = new int[20];
            int[] dropped = new int[40];
            String body = "[[\"SET\",\"n\",1],[\"GET\",\"k\"]]";
            Arrays.setAll(streams, i -> slow.request("POST", "/pipeline", body, "upstash-response-format: resp2"));
            Arrays.setAll(dropped, i -> slow.request("POST", "/pipeline", body, "upstash-response-format: resp2"));
            RestFixture.eventually("all run", () -> rest.calls("GET") == streams.length + dropped.length);
            byte[] cancel =
                    Unpooled.buffer(4).writeInt((int) Http2Error.CANCEL.code()).array();
            for (int stream : dropped) {
                slow.frame(Http2Peer.RST_STREAM, 0, stream, cancel);
            }
            assertThat(slow.ask("GET", "/ping", "").status()).isEqualTo(200);
            rest.node().replica().release();

            slow.takeAll(streams);
            for (int stream : streams) {
                assertThat(slow.answer(stream).body()).hasSize(5 + 8 + 90_000 + 2);
            }
            assertThat(rest.respAnswers()).isEqualTo(streams.length);
        }
    }

    @Test
    void aStrangerThatReadsNothingIsNotReadEither() {
        CompletableFuture<Void> writer;
        try (Http2Peer stranger = connect()) {
            writer = RestFixture.beside(() -> assertThatThrownBy(() -> {
                        while (true) {
                            ByteBuf many = Unpooled.buffer();
                            for (int i = 0; i < 200; i++) {
                                byte[] head = stranger.block("GET", "/get/k");
                                many.writeBytes(
                                        Http2Peer.framed(Http2Peer.HEADERS, WHOLE, stranger.nextStream(), head));
                            }
                            stranger.send(Arrays.copyOf(many.array(), many.readableBytes()));
                        }
                    })
                    .isInstanceOf(UncheckedIOException.class));
            RestFixture.eventually("full", () -> rest.server().unsentBytesMax() > 0);
            for (int i = 0; i < 200; i++) {
                assertThat(http.ask("GET", "/ping", "").status()).isEqualTo(200);
                assertThat(rest.server().unsentBytesMax()).isLessThan(64 * 1024);
            }
        }
        RestFixture.ended(writer);
        RestFixture.eventually("closed", () -> rest.server().connections() == 1);
    }
}
