// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.router.testing.LoneNode;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client of RESP sees, over a real socket. */
@Timeout(60)
class RespServerTest {
    private final RespFixture resp = RespFixture.locked();

    @AfterEach
    void stop() {
        resp.close();
    }

    @Test
    void aPipelineIsAnsweredInItsOrderWhateverTheCommandsWaitFor() {
        try (RawClient client = resp.login()) {
            StringBuilder sent = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            Random random = new Random(1);
            int count = 0;
            for (int i = 0; i < 5000; i++) {
                switch (random.nextInt(6)) {
                    case 0 -> {
                        sent.append("INCR n\r\n");
                        expected.append(':').append(++count).append("\r\n");
                    }
                    case 1 -> {
                        sent.append("ECHO e").append(i).append("\r\n");
                        String text = "e" + i;
                        expected.append('$')
                                .append(text.length())
                                .append("\r\n")
                                .append(text)
                                .append("\r\n");
                    }
                    case 2 -> {
                        sent.append("GET n\r\n");
                        String text = String.valueOf(count);
                        expected.append(count == 0 ? "$-1\r\n" : "$" + text.length() + "\r\n" + text + "\r\n");
                    }
                    case 3 -> {
                        sent.append("NOSUCH\r\n");
                        expected.append("-ERR unknown command 'NOSUCH', with args beginning with: \r\n");
                    }
                    case 4 -> {
                        sent.append("CLIENT GETNAME\r\n");
                        expected.append("$-1\r\n");
                    }
                    default -> {
                        sent.append("\r\n*0\r\n*2\r\n$4\r\nPING\r\n$2\r\nhi\r\n");
                        expected.append("$2\r\nhi\r\n");
                    }
                }
            }
            Thread writer = Thread.ofVirtual().start(() -> client.send(sent.toString()));

            assertThat(client.read(expected.length())).isEqualTo(expected.toString());
            assertThat(writer.isAlive() && count == 0).isFalse();
        }
    }

    @Test
    void wordsOfACommandAreNotMixedUpWithThoseThatCameAfterIt() {
        // ECHO's reply is a part of the command itself, which waits here behind a write that is not applied yet.
        try (RawClient one = resp.login();
                RawClient two = resp.login()) {
            resp.node().replica().hold();
            one.send("SET k v\r\n").command("ECHO", "secret of one");
            // A reply of the second proves that the loop has read both.
            for (int i = 0; i < 3; i++) {
                two.command("PING", "x".repeat(40_000));
                assertThat(two.read(40_000 + 10)).endsWith("xx\r\n");
            }
            resp.node().replica().release();

            assertThat(one.read(5 + 20)).isEqualTo("+OK\r\n$13\r\nsecret of one\r\n");
        }
    }

    @Test
    void aLargeEchoIsWholeAlthoughTheNextReadComesBeforeItIsWritten() {
        String first = "a".repeat(50_000);
        String second = "b".repeat(50_000);
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            for (int i = 0; i < 50; i++) {
                client.command("ECHO", first);
                other.command("ECHO", second);
            }
            for (int i = 0; i < 50; i++) {
                assertThat(client.read(50_010)).isEqualTo("$50000\r\n" + first + "\r\n");
                assertThat(other.read(50_010)).isEqualTo("$50000\r\n" + second + "\r\n");
            }
        }
    }

    @Test
    void valuesOfEverySizeComeBackAsTheyWere() {
        Random random = new Random(2);
        try (RawClient client = resp.login()) {
            for (int size : new int[] {0, 1, 16_383, 16_384, 65_535, 65_536, 300_000, 500_000}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                String value = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
                client.command("SET", "v", value).command("GET", "v").command("LPUSH", "l" + size, value, value);

                assertThat(client.readLine()).isEqualTo("+OK");
                assertThat(client.readLine()).isEqualTo("$" + size);
                assertThat(client.read(size + 2).equals(value + "\r\n")).isTrue();
                assertThat(client.readLine()).isEqualTo(":2");
                client.command("LRANGE", "l" + size, "0", "-1");
                String item = "$" + size + "\r\n" + value + "\r\n";
                assertThat(client.read(4 + 2 * item.length()).equals("*2\r\n" + item + item))
                        .isTrue();
            }
        }
    }

    @Test
    void aRequestOverTheLimitIsToldAndNothingOfItIsApplied() {
        int max = RespFixture.LIMITS.requestBytesMax();
        try (RawClient client = resp.login()) {
            client.command("SET", "k", "v".repeat(max - 4));
            assertThat(client.readLine()).isEqualTo("+OK");
            client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + (max - 3) + "\r\nvvv");

            assertThat(client.readToEnd())
                    .isEqualTo("-ERR max request size exceeded. Limit: " + max + " bytes, Actual: " + (max + 1)
                            + " bytes\r\n");
        }
        try (RawClient client = resp.login()) {
            client.command("STRLEN", "k");
            assertThat(client.readLine()).isEqualTo(":" + (max - 4));
        }
    }

    /** A socket closed with bytes unread resets the connection: the client would not learn why. */
    @Test
    void aClientThatSendsAllOfARequestOverTheLimitLearnsThatItIs() {
        int length = RespFixture.LIMITS.requestBytesMax() + (32 << 20);
        try (RawClient client = resp.login()) {
            client.send("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$" + length + "\r\n");
            String megabyte = "v".repeat(1 << 20);
            for (int sent = 0; sent < length; sent += megabyte.length()) {
                client.send(megabyte);
            }

            assertThat(client.readToEnd()).startsWith("-ERR max request size exceeded. Limit: ");
        }
    }

    @Test
    void keysHaveALimit() {
        try (RawClient client = resp.login()) {
            String longest = "k".repeat(LoneNode.KEY_BYTES_MAX);
            client.command("SET", longest, "v")
                    .command("SET", longest + "k", "v")
                    .command("MSET", "a", "1", longest + "k", "v");
            String refused = "-ERR max key size exceeded. Limit: 1024 bytes, Actual: 1025 bytes";

            assertThat(client.readLine()).isEqualTo("+OK");
            assertThat(client.readLine()).isEqualTo(refused);
            assertThat(client.readLine()).isEqualTo(refused);
        }
    }

    @Test
    void aTransactionHasALimit() {
        try (RawClient client = resp.login()) {
            client.send("MULTI\r\n" + "INCR n\r\n".repeat(LoneNode.QUEUE_COMMANDS_MAX));
            client.readUntil("+QUEUED\r\n".repeat(LoneNode.QUEUE_COMMANDS_MAX));
            client.send("INCR n\r\nEXEC\r\nGET n\r\n");

            assertThat(client.readLine()).startsWith("-ERR transaction too large. Limit: 100 commands");
            assertThat(client.readLine()).isEqualTo("-EXECABORT Transaction discarded because of previous errors.");
            assertThat(client.readLine()).isEqualTo("$-1");
        }
    }

    @Test
    void repliesThatAreNotReadStopTheReadingOfCommandsAndAreAllThereLater() {
        String value = "v".repeat(100_000);
        try (RawClient slow = resp.login();
                RawClient other = resp.login()) {
            slow.command("SET", "k", value);
            slow.readLine();
            int count = 2_000;
            Thread writer = Thread.ofVirtual().start(() -> slow.send("GET k\r\n".repeat(count)));
            long before = resp.node().router().refusals();
            // The other connection is served while the first does not read.
            for (int i = 0; i < 200; i++) {
                other.command("PING");
                assertThat(other.readLine()).isEqualTo("+PONG");
            }
            int get = io.meridian.engine.command.CommandTable.REDIS
                    .named("GET")
                    .orElseThrow()
                    .spec()
                    .id();
            assertThat(resp.node().router().calls(get)).isLessThan(500);

            String reply = "$100000\r\n" + value + "\r\n";
            for (int i = 0; i < count; i++) {
                assertThat(slow.read(reply.length()).equals(reply)).isTrue();
            }
            assertThat(resp.node().router().refusals()).isEqualTo(before);
            assertThat(writer.isInterrupted()).isFalse();
        }
    }

    @Test
    void aClientThatLeavesTooMuchUnreadAndDoesNotReadIsDisconnected() {
        try (RespFixture hasty = new RespFixture(LoneNode.locked(), RespFixture.limits(300));
                RawClient client = hasty.login()) {
            String value = "v".repeat(100_000);
            for (int i = 0; i < 200; i++) {
                client.command("RPUSH", "l", value);
                client.readLine();
            }
            // 20 MB at once for a client that does not read, where 4 MiB may wait.
            client.command("LRANGE", "l", "0", "-1");
            RespFixture.eventually("disconnected", () -> hasty.server().connections() == 0);

            assertThat(client.readToEnd().length()).isLessThan(20_000_000);
        }
    }

    @Test
    void commandsThatWaitForTheGroupArePutBackAndTakenLater() {
        try (RawClient client = resp.login()) {
            resp.node().replica().hold();
            client.send("SET a 1\r\nCLIENT ID\r\nSET a 2\r\nPING\r\n".repeat(100));
            client.send("GET a\r\n");
            try (RawClient other = resp.login()) {
                other.command("PING");
                assertThat(other.readLine()).isEqualTo("+PONG");
            }
            resp.node().replica().release();

            for (int i = 0; i < 100; i++) {
                assertThat(client.readLine()).isEqualTo("+OK");
                assertThat(client.readLine()).matches(":[0-9]+");
                assertThat(client.readLine()).isEqualTo("+OK");
                assertThat(client.readLine()).isEqualTo("+PONG");
            }
            assertThat(client.readLine()).isEqualTo("$1");
            assertThat(client.readLine()).isEqualTo("2");
        }
    }

    @Test
    void withoutALeaderWritesAreHeldAndThenSurelyNotApplied() {
        try (RawClient client = resp.login()) {
            resp.node().replica().lead(false);
            client.send("SET a 1\r\nPING\r\n");

            assertThat(client.readLine())
                    .isEqualTo("-CLUSTERDOWN no leader of group us/0 answered in time, nothing was applied");
            assertThat(client.readLine()).isEqualTo("+PONG");
            resp.node().replica().lead(true);
            client.send("SET a 1\r\n");
            assertThat(client.readLine()).isEqualTo("+OK");
        }
    }

    @Test
    void writesToALeaderThatTakesNoneFailAtOnceAndReadsGoOn() {
        String refused = "-MISCONF group us/0 takes no writes, nothing was applied: no space left on the leader's disk";
        try (RawClient client = resp.login()) {
            resp.node().replica().takeNoWrites("no space left on the leader's disk");
            client.send("SET a 1\r\nMULTI\r\nSET b 1\r\nEXEC\r\nPING\r\n");

            assertThat(client.readLine()).isEqualTo(refused);
            assertThat(client.readLine()).isEqualTo("+OK");
            assertThat(client.readLine()).isEqualTo("+QUEUED");
            assertThat(client.readLine()).isEqualTo(refused);
            assertThat(client.readLine()).isEqualTo("+PONG");
            client.send("EXISTS a b\r\n");
            assertThat(client.readLine()).isEqualTo(":0");
            resp.node().replica().takeNoWrites("");
            client.send("SET a 1\r\n");
            assertThat(client.readLine()).isEqualTo("+OK");
        }
    }

    @Test
    void whatWasSentBeforeTheClientEndedItsSideIsAnswered() {
        try (RawClient client = resp.login()) {
            resp.node().replica().hold();
            client.send("SET a 1\r\nCLIENT GETNAME\r\nSET a 2\r\n");
            client.endInput();
            try (RawClient other = resp.login()) {
                other.command("PING");
                other.readLine();
            }
            resp.node().replica().release();

            assertThat(client.readToEnd()).isEqualTo("+OK\r\n$-1\r\n+OK\r\n");
        }
    }

    @Test
    void quitIsAnsweredAfterAllBeforeItAndNothingAfterIt() {
        String value = "v".repeat(300_000);
        try (RawClient client = resp.login()) {
            client.command("SET", "k", value).send("GET k\r\n".repeat(10) + "QUIT\r\nPING\r\n");

            assertThat(client.readToEnd().length()).isEqualTo(5 + 10 * (9 + 300_000 + 2) + 5);
        }
    }

    /** Redis itself waits for a reply that never comes, and stays connected. */
    @Test
    void aConnectionWithoutRepliesEndsToo() {
        for (String end : new String[] {"QUIT\r\n", "*1\r\n!\r\n"}) {
            try (RawClient client = resp.login()) {
                client.send("CLIENT REPLY OFF\r\nSET a 1\r\n" + end);

                assertThat(client.readToEnd()).isEmpty();
            }
        }
    }

    /** As in Redis, where a command is the last one as soon as it is looked up: CLIENT INFO shows itself. */
    @Test
    void aClientIsListedWithTheCommandThatAsks() {
        try (RawClient client = resp.login()) {
            client.command("GET", "k").command("CLIENT", "INFO");

            assertThat(client.readUntil("level=session\n\r\n")).contains(" cmd=client|info ");
        }
    }

    @Test
    void clientsAreListedAndKilled() {
        try (RawClient one = resp.login();
                RawClient two = resp.login()) {
            one.send("CLIENT SETNAME first\r\nSELECT 3\r\n");
            one.readUntil("+OK\r\n+OK\r\n");
            two.command("CLIENT", "LIST");
            String list = two.readUntil("\n\r\n");
            assertThat(list).contains("addr=" + one.localAddress() + " ", "name=first", " db=3 ", "cmd=select");
            two.command("CLIENT", "KILL", "ADDR", one.localAddress());
            assertThat(two.readLine()).isEqualTo(":1");

            assertThat(one.readToEnd()).isEmpty();
            two.command("CLIENT", "KILL", one.localAddress());
            assertThat(two.readLine()).isEqualTo("-ERR No such client");
            two.command("CLIENT", "KILL", two.localAddress());
            assertThat(two.readToEnd()).isEqualTo("+OK\r\n");
            RespFixture.eventually("no connection", () -> resp.server().connections() == 0);
        }
    }

    @Test
    void idleIsTheTimeSinceTheLastCommand() {
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            RespFixture.eventually("a second idle", () -> told(other, client, "idle") >= 1);
            client.lines("PING");
            client.readLine();

            assertThat(told(other, client, "idle")).isLessThan(told(other, client, "age"));
        }
    }

    /** What CLIENT LIST tells one client of another. */
    private static long told(RawClient asking, RawClient of, String field) {
        asking.lines("CLIENT LIST");
        String row = asking.readUntil("\n\r\n")
                .lines()
                .filter(line -> line.contains(" addr=" + of.localAddress() + " "))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(row.replaceAll(".* " + field + "=([0-9]+) .*", "$1"));
    }

    @Test
    void addressesAreWrittenAsRedisWritesThem() {
        assertThat(RespConnection.text(new InetSocketAddress(InetAddress.ofLiteral("::1"), 6379)))
                .isEqualTo("[::1]:6379");
        assertThat(RespConnection.text(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 6379)))
                .isEqualTo("127.0.0.1:6379");
    }

    @Test
    void connectionsHaveALimit() {
        try (RespFixture two = new RespFixture(LoneNode.open(), new RespLimits(1000, 1000, 1000, 1000, 10, 2));
                RawClient first = two.connect()) {
            assertThat(first.ask("PING\r\n", 7)).isEqualTo("+PONG\r\n");
            try (RawClient second = two.connect();
                    RawClient third = two.connect()) {
                assertThat(second.ask("PING\r\n", 7)).isEqualTo("+PONG\r\n");
                assertThat(third.readToEnd()).isEqualTo("-ERR max number of clients reached\r\n");
            }
            RespFixture.eventually("room again", () -> two.server().connections() == 1);
            assertThat(two.server().accepted())
                    .as("not the one that was turned away")
                    .isEqualTo(2);
            try (RawClient third = two.connect()) {
                assertThat(third.ask("PING\r\n", 7)).isEqualTo("+PONG\r\n");
            }
            assertThat(two.server().accepted()).isEqualTo(3);
        }
    }

    @Test
    void aPortInUseIsSaid() {
        try (var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory())) {
            assertThatThrownBy(() -> new RespServer(
                            resp.node().router(),
                            RespFixture.LIMITS,
                            loops,
                            NioServerSocketChannel.class,
                            resp.server().address()))
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("RESP cannot listen on /127.0.0.1:");
        }
    }
}
