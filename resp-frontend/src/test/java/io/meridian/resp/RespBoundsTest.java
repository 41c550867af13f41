// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.meridian.engine.Reply;
import io.meridian.router.Frontend;
import io.meridian.router.Lane;
import io.meridian.router.testing.LoneNode;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.epoll.Epoll;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a connection may keep: commands under way, replies that wait for others or for the client. */
@Timeout(60)
class RespBoundsTest {
    private static final int KIB_100 = 100 * 1024;
    private final RespFixture resp = RespFixture.locked();

    @AfterEach
    void stop() {
        resp.close();
    }

    @Test
    void repliesBehindAWriteThatWaitsAreKeptUpToALimit() {
        String text = "e".repeat(KIB_100);
        int count = 300;
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            resp.node().replica().hold();
            Thread writer = Thread.ofVirtual().start(() -> {
                client.lines("SET k v");
                for (int i = 0; i < count; i++) {
                    client.command("ECHO", text);
                }
            });
            RespFixture.eventually("full", () -> resp.calls("ECHO") >= RespLimits.KEPT_BYTES_MAX / KIB_100);
            RespFixture.roundTrips(other, 100);
            assertThat(resp.calls("ECHO")).isLessThanOrEqualTo(1 + RespLimits.KEPT_BYTES_MAX / KIB_100);
            assertThat(writer.isAlive()).isTrue();
            resp.node().replica().release();

            assertThat(client.readLine()).isEqualTo("+OK");
            String echoed = "$" + KIB_100 + "\r\n" + text + "\r\n";
            for (int i = 0; i < count; i++) {
                assertThat(client.read(echoed.length()).equals(echoed)).isTrue();
            }
        }
    }

    @Test
    void noMoreCommandsAreUnderWayThanAllowed() {
        int max = RespFixture.LIMITS.commandsMax();
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            resp.node().replica().hold();
            client.send("SET k v\r\n" + "ECHO e\r\n".repeat(5 * max) + "NOSUCH\r\n".repeat(5 * max));
            RespFixture.eventually("full", () -> resp.calls("ECHO") >= max - 1);
            RespFixture.roundTrips(other, 100);
            assertThat(resp.calls("ECHO")).isEqualTo(max - 1);
            resp.node().replica().release();

            assertThat(client.readLine()).isEqualTo("+OK");
            assertThat(client.read(5 * max * 7)).isEqualTo("$1\r\ne\r\n".repeat(5 * max));
            for (int i = 0; i < 5 * max; i++) {
                assertThat(client.readLine()).startsWith("-ERR unknown command 'NOSUCH'");
            }
        }
    }

    @Test
    void aReplyLongerThanMayWaitReachesAClientThatReads() {
        try (RawClient client = resp.login()) {
            String value = "v".repeat(KIB_100);
            int count = 200;
            for (int i = 0; i < count; i++) {
                client.command("RPUSH", "l", value);
                client.readLine();
            }
            String item = "$" + KIB_100 + "\r\n" + value + "\r\n";
            client.lines("LRANGE l 0 -1", "PING");
            assertThat(client.readLine()).isEqualTo("*" + count);
            for (int i = 0; i < count; i++) {
                assertThat(client.read(item.length()).equals(item)).isTrue();
            }
            assertThat(client.readLine()).isEqualTo("+PONG");

            // So many of one turn too: reads that ride with a write are answered together.
            client.command("SET", "k", value).send("GET k\r\n".repeat(count - 10) + "PING\r\n");
            assertThat(client.readLine()).isEqualTo("+OK");
            for (int i = 0; i < count - 10; i++) {
                assertThat(client.read(item.length()).equals(item)).isTrue();
            }
            assertThat(client.readLine()).isEqualTo("+PONG");
        }
    }

    @Test
    void aReplyOverTheLimitIsRefusedAndTheConnectionGoesOn() {
        RespLimits limits = new RespLimits(1 << 20, 1000, 4 << 20, 1000, 100, 10);
        try (RespFixture small = new RespFixture(LoneNode.open(), limits);
                RawClient client = small.connect()) {
            String refused = "-ERR max reply size exceeded. Limit: 1000 bytes";
            String applied = "-UNKNOWN applied, but its reply exceeds the max reply size. Limit: 1000 bytes";
            client.command("SET", "fits", "v".repeat(1000)).command("SET", "long", "v".repeat(1001));
            client.lines("GET fits", "GET long");
            assertThat(client.readUntil("+OK\r\n+OK\r\n$1000\r\n")).hasSize(5 + 5 + 7);
            assertThat(client.readLine()).hasSize(1000);
            assertThat(client.readLine()).isEqualTo(refused);

            client.lines("HSET h f v", "HRANDFIELD h -500000", "ECHO " + "e".repeat(1001));
            assertThat(client.readLine()).isEqualTo(":1");
            assertThat(client.readLine()).isEqualTo(refused);
            assertThat(client.readLine()).isEqualTo(refused);

            client.lines("GETSET long short", "GET long");
            assertThat(client.readLine()).isEqualTo(applied);
            assertThat(client.readUntil("short\r\n")).isEqualTo("$5\r\nshort\r\n");

            client.lines("MULTI", "GET fits", "SET k v", "EXEC", "GET k");
            client.readUntil("+QUEUED\r\n+QUEUED\r\n");
            assertThat(client.readLine()).isEqualTo(applied);
            assertThat(client.readUntil("v\r\n")).isEqualTo("$1\r\nv\r\n");

            client.lines("MULTI", "GET fits", "GET fits", "EXEC", "CLIENT REPLY SKIP", "GETSET fits x", "PING");
            client.readUntil("+QUEUED\r\n+QUEUED\r\n");
            assertThat(client.readLine()).isEqualTo(refused);
            assertThat(client.readLine()).isEqualTo("+PONG");
        }
    }

    @Test
    void allIsAnsweredAlthoughTheClientEndsItsSideWithMuchUnread() {
        String value = "v".repeat(500);
        String answer = "$500\r\n" + value + "\r\n";
        int count = 100_000;
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.command("SET", "k", value);
            assertThat(client.readLine()).isEqualTo("+OK");
            Thread writer = Thread.ofVirtual().start(() -> {
                client.send("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".repeat(count));
                client.endInput();
            });
            RespFixture.eventually("blocked", () -> resp.calls("GET") > 2000);
            RespFixture.roundTrips(other, 100);

            for (int i = 0; i < count; i++) {
                assertThat(client.read(answer.length()).equals(answer)).isTrue();
            }
            assertThat(client.readToEnd()).isEmpty();
            RespFixture.eventually("all was sent", () -> !writer.isAlive());
        }
    }

    /** Whatever systems have room for: of one of these counts a part waits in our buffer when the end comes. */
    @Test
    void allBeforeAQuitIsSentAlthoughTheClientEndsItsSideWithMuchUnread() {
        String value = "v".repeat(3 * KIB_100);
        String answer = "$" + value.length() + "\r\n" + value + "\r\n";
        try (RawClient other = resp.login()) {
            other.command("SET", "k", value);
            assertThat(other.readLine()).isEqualTo("+OK");
            for (int count = 2; count <= 24; count += 2) {
                try (RawClient client = resp.login()) {
                    client.send("GET k\r\n".repeat(count) + "QUIT\r\n");
                    client.endInput();
                    RespFixture.roundTrips(other, 20);

                    assertThat(client.readToEnd().equals(answer.repeat(count) + "+OK\r\n"))
                            .as("%d replies", count)
                            .isTrue();
                }
            }
        }
    }

    /** More than any system takes for a client that does not read, and less than it may leave unread while it goes on. */
    @Test
    void whoEndsItsSideAndNeverReadsIsDisconnected() {
        String value = "v".repeat(3 * KIB_100);
        try (RespFixture hasty = new RespFixture(LoneNode.locked(), RespFixture.limits(300))) {
            try (RawClient client = hasty.login()) {
                client.command("SET", "k", value);
                assertThat(client.readLine()).isEqualTo("+OK");
            }
            for (String end : List.of("", "QUIT\r\n", "*1\r\n!\r\n")) {
                try (RawClient deaf = hasty.login()) {
                    deaf.send("GET k\r\n".repeat(100) + end);
                    deaf.endInput();
                    RespFixture.eventually("disconnected", () -> hasty.server().connections() == 0);
                }
            }
        }
    }

    /** Nothing is read from such a connection, and nothing would be written to it before its WAIT ends: in a day. */
    @Test
    void aHalfClosedConnectionThatIsResetIsClosedAlthoughAReplyIsOwed() {
        assumeTrue(Epoll.isAvailable(), "without epoll a reset is seen when the reply is written");
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.lines("PING", "WAIT 99 100000000");
            client.endInput();
            assertThat(client.readLine()).isEqualTo("+PONG");
            RespFixture.roundTrips(other, 100);
            assertThat(resp.node().router().sessions()).hasSize(2);

            client.reset();

            RespFixture.eventually(
                    "closed", () -> resp.node().router().sessions().size() == 1);
            RespFixture.roundTrips(other, 1);
        }
    }

    @Test
    void aReplyThatCannotBeWrittenClosesTheConnection() {
        try (LoneNode node = LoneNode.open()) {
            RespConnection[] connection = new RespConnection[1];
            Lane[] lane = new Lane[1];
            RespLoop loop = new RespLoop();
            EmbeddedChannel channel = new EmbeddedChannel(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel opened) {
                    lane[0] = node.router().lane(opened.eventLoop());
                    connection[0] = new RespConnection(RespFixture.LIMITS, loop, lane[0]);
                    opened.pipeline().addLast(connection[0]);
                }
            });
            RespOutput output = new RespOutput(
                    connection[0],
                    RespFixture.LIMITS,
                    loop,
                    lane[0],
                    channel.pipeline().context(connection[0]),
                    lane[0].open(Frontend.RESP, connection[0]));

            output.append(false, new Reply.Array(List.of(Reply.OK, new Reply.Deferred(new CompletableFuture<>()))));
            channel.runPendingTasks();

            assertThat(channel.isOpen()).isFalse();
            assertThat(channel.<Object>readOutbound()).isNull();
        }
    }
}
