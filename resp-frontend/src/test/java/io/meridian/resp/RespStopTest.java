// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client that reads its replies late has of a server that stops in order. */
@Timeout(60)
class RespStopTest {
    private static final String VALUE = "v".repeat(100 * 1024);
    private static final String GOT = "$" + VALUE.length() + "\r\n" + VALUE + "\r\n";

    private static RespFixture start(int commandsMax) {
        return new RespFixture(LoneNode.locked(), new RespLimits(1 << 20, 1 << 20, 64 << 20, 60_000, commandsMax, 100));
    }

    @Test
    void repliesThatWaitUntilTheClientReadsAreSent() throws InterruptedException {
        int count = 100;
        try (RespFixture resp = start(1000);
                RawClient client = resp.login()) {
            client.command("SET", "k", VALUE);
            assertThat(client.readLine()).isEqualTo("+OK");
            resp.node().replica().hold();
            // Reads behind a write ride with it, and are answered when it is: at once, and more than any socket takes.
            client.send("SET n 0\r\n" + "GET k\r\n".repeat(count) + "INCR n\r\n");
            RespFixture.eventually("taken", () -> resp.calls("INCR") == 1);
            resp.node().replica().release();

            String all = stopAndRead(resp, client);

            assertThat(all.equals("+OK\r\n" + GOT.repeat(count) + ":1\r\n")).isTrue();
        }
    }

    @Test
    void nothingIsTakenThatWouldNotBeAnswered() throws InterruptedException {
        int count = 200;
        try (RespFixture resp = start(20);
                RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.command("SET", "k", VALUE);
            assertThat(client.readLine()).isEqualTo("+OK");
            client.send("GET k\r\nINCR n\r\n".repeat(count));
            long before;
            do {
                before = resp.calls("INCR");
                RespFixture.roundTrips(other, 100);
            } while (resp.calls("INCR") != before);

            String all = stopAndRead(resp, client);

            int answered = 0;
            int end = 0;
            while (all.startsWith(GOT + ":" + (answered + 1) + "\r\n", end)) {
                answered++;
                end += GOT.length() + 3 + String.valueOf(answered).length();
            }
            assertThat(answered).isEqualTo((int) resp.calls("INCR")).isLessThan(count);
            // At most a read more was taken.
            assertThat(all.substring(end)).isIn("", GOT);
        }
    }

    /** A stop that broke off here would leave the node's files open. */
    @Test
    void clientsMayLeaveWhileTheServerStops() {
        for (int turn = 0; turn < 20; turn++) {
            try (RespFixture resp = start(20)) {
                List<RawClient> clients = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    clients.add(resp.connect());
                }
                RespFixture.eventually("connected", () -> resp.server().connections() == clients.size());
                var leaving =
                        CompletableFuture.runAsync(() -> clients.forEach(RawClient::close), Thread::startVirtualThread);

                resp.server().stopReading();
                resp.server().endOutput();

                leaving.orTimeout(20, TimeUnit.SECONDS).join();
            }
        }
    }

    /** In the order in which a node stops. */
    private static String stopAndRead(RespFixture resp, RawClient client) throws InterruptedException {
        resp.server().stopReading();
        assertThat(resp.node().router().awaitSettled(10_000)).isTrue();
        var stop = CompletableFuture.runAsync(() -> resp.server().endOutput(), Thread::startVirtualThread);
        String all = client.readToEnd();
        client.close();
        stop.orTimeout(20, TimeUnit.SECONDS).join();
        return all;
    }
}
