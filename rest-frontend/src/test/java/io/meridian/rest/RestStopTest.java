// SPDX-License-Identifier: Apache-2.0
package io.meridian.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.rest.HttpPeer.Answer;
import io.meridian.router.testing.LoneNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients have of a server that stops in order. */
@Timeout(60)
class RestStopTest {
    private static final String AUTH = "Authorization: Bearer " + LoneNode.TOKEN;

    /** It has as many requests as it may and is not read, when the server stops: answered, it must not be read again. */
    @Test
    void aServerThatStopsAnswersWhatItTookAndTakesNoMore() {
        int count = 20_000;
        try (RestFixture rest = RestFixture.start();
                HttpPeer http = rest.connect();
                HttpPeer other = rest.connect()) {
            rest.node().replica().hold();
            var writer = RestFixture.beside(() -> http.sendUntilClosed(
                    HttpPeer.request("GET", "/incr/n", "", AUTH).repeat(count)));
            RestFixture.eventually("begun", () -> rest.calls("INCR") > 0);
            for (int i = 0; i < 3; i++) {
                assertThat(other.ask("GET", "/ping", "").status()).isEqualTo(200);
            }
            rest.server().stopReading();
            rest.node().replica().release();
            assertThat(http.read().body()).isEqualTo("{\"result\":1}");
            var end = RestFixture.beside(() -> {
                assertThat(settled(rest)).isTrue();
                rest.server().endOutput();
            });

            int answered = 1;
            for (Answer answer = http.read(); answer.status() != 0; answer = http.read()) {
                answered++;
                assertThat(answer.body()).isEqualTo("{\"result\":" + answered + "}");
            }
            RestFixture.ended(end);
            assertThat(rest.calls("INCR")).isEqualTo(answered);
            assertThat(answered).isLessThan(count);
            rest.server().close();
            RestFixture.ended(writer);
        }
    }

    private static boolean settled(RestFixture rest) {
        try {
            return rest.node().router().awaitSettled(10_000);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** A stop that broke off here would leave the node's files open. */
    @Test
    void clientsMayLeaveWhileTheServerStops() {
        int count = 100;
        RestLimits limits = new RestLimits(1000, 1000, 1000, 1000, 10, count, 60_000, 60_000);
        for (int turn = 0; turn < 20; turn++) {
            try (RestFixture rest = new RestFixture(limits)) {
                List<HttpPeer> clients = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    clients.add(rest.connect());
                }
                RestFixture.eventually("connected", () -> rest.server().connections() == count);
                var leaving = RestFixture.beside(() -> clients.forEach(HttpPeer::close));

                rest.server().stopReading();
                rest.server().endOutput();

                RestFixture.ended(leaving);
            }
        }
    }
}
