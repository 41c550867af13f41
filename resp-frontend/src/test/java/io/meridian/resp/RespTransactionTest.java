// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import io.meridian.router.token.SessionToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits inside a transaction, and what is watched before it. */
@Timeout(60)
class RespTransactionTest {
    private final RespFixture resp = RespFixture.locked();

    @AfterEach
    void stop() {
        resp.close();
    }

    @Test
    void waitIsAnsweredAtOnceInATransaction() {
        try (RawClient client = resp.login()) {
            client.lines("MULTI", "WAIT 0 0", "EXEC");
            assertThat(client.read(5 + 9 + 8)).isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n:0\r\n");

            client.lines("MULTI", "SET a 1", "WAIT 3 0", "GET a", "EXEC", "PING");
            assertThat(client.readUntil("+PONG\r\n"))
                    .isEqualTo("+OK\r\n" + "+QUEUED\r\n".repeat(3) + "*3\r\n+OK\r\n:0\r\n$1\r\n1\r\n+PONG\r\n");
        }
    }

    @Test
    void syncHasNoPlaceInATransaction() {
        try (RawClient client = resp.login()) {
            client.lines("MULTI", "SET a 1", "MERIDIAN SYNC token", "EXEC", "GET a");

            assertThat(client.readUntil("+OK\r\n+QUEUED\r\n")).isEqualTo("+OK\r\n+QUEUED\r\n");
            assertThat(client.readLine()).isEqualTo("-ERR Command not allowed inside a transaction");
            assertThat(client.readLine()).isEqualTo("-EXECABORT Transaction discarded because of previous errors.");
            assertThat(client.readLine()).isEqualTo("$-1");
        }
    }

    @Test
    void aWatchFailsWhenThisNodeDoesNotComeToShowWhatTheSessionSaw() {
        String ahead = LoneNode.tokens().write(new SessionToken(List.of(new SessionToken.Seen("us/0", 7, 2))));
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.lines("MERIDIAN SYNC " + ahead + " 1", "WATCH k", "MULTI", "PING", "DISCARD", "PING");

            assertThat(client.readLine()).isEqualTo("-ERR not fresh after 1 ms");
            assertThat(client.readLine())
                    .isEqualTo("-CLUSTERDOWN this node did not apply in time what the session has seen of group us/0,"
                            + " nothing is watched");
            assertThat(client.readUntil("+PONG\r\n")).isEqualTo("+OK\r\n+QUEUED\r\n+OK\r\n+PONG\r\n");

            // What it waited for comes at last: it is not watched after all.
            other.lines("SET k 1", "SET k 2");
            other.readUntil("+OK\r\n+OK\r\n");
            client.lines("MULTI", "GET k", "EXEC");
            assertThat(client.readUntil("$1\r\n2\r\n")).isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n$1\r\n2\r\n");
        }
    }

    @Test
    void aWatchWaitsForWhatTheSessionSaw() {
        String ahead = LoneNode.tokens().write(new SessionToken(List.of(new SessionToken.Seen("us/0", 7, 1))));
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.lines("MERIDIAN SYNC " + ahead + " 1", "WATCH k");
            assertThat(client.readLine()).startsWith("-ERR not fresh");
            other.lines("SET k 1");
            assertThat(other.readLine()).isEqualTo("+OK");
            assertThat(client.readLine()).isEqualTo("+OK");

            client.lines("MULTI", "GET k", "EXEC");
            assertThat(client.readUntil("$1\r\n1\r\n")).isEqualTo("+OK\r\n+QUEUED\r\n*1\r\n$1\r\n1\r\n");
        }
    }

    @Test
    void watchedKeysHaveALimitAndAreWatchedOnce() {
        try (RawClient client = resp.login()) {
            int max = LoneNode.QUEUE_COMMANDS_MAX;
            StringBuilder keys = new StringBuilder();
            for (int i = 0; i < max; i++) {
                keys.append(" k").append(i);
            }
            client.lines("WATCH" + keys, "WATCH" + keys, "WATCH k1 k1 k2", "WATCH one-more", "CLIENT LIST");

            assertThat(client.readUntil("+OK\r\n+OK\r\n+OK\r\n")).hasSize(15);
            assertThat(client.readLine())
                    .startsWith("-ERR transaction too large. Limit: " + max + " commands, " + max + " watched keys");
            assertThat(client.readUntil("\n\r\n")).contains(" watch=" + max + " ");
            client.lines("UNWATCH", "WATCH one-more");
            assertThat(client.read(10)).isEqualTo("+OK\r\n+OK\r\n");
        }
    }

    @Test
    void aKeyWatchedTwiceKeepsTheFirstVersion() {
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.lines("WATCH k");
            client.readLine();
            other.lines("SET k 1");
            other.readLine();
            client.lines("WATCH k", "MULTI", "SET k 2", "EXEC");

            assertThat(client.readUntil("*-1\r\n")).isEqualTo("+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n");
        }
    }

    @Test
    void aWatchedKeyIsNotLongerThanOthers() {
        try (RawClient client = resp.login()) {
            String longest = "k".repeat(LoneNode.KEY_BYTES_MAX);
            client.command("WATCH", longest).command("WATCH", "a", longest + "k");

            assertThat(client.readLine()).isEqualTo("+OK");
            assertThat(client.readLine())
                    .isEqualTo("-ERR max key size exceeded. Limit: 1024 bytes, Actual: 1025 bytes");
        }
    }

    @Test
    void watchedKeysCountAmongTheBytesOfATransaction() {
        String key = "k".repeat(1000);
        try (RespFixture small = new RespFixture(LoneNode.open(2000), RespFixture.LIMITS);
                RawClient client = small.connect()) {
            client.command("WATCH", key).lines("MULTI");
            client.command("SET", "k", "v".repeat(900)).command("SET", "k", "v".repeat(100));
            assertThat(client.readUntil("+QUEUED\r\n")).isEqualTo("+OK\r\n+OK\r\n+QUEUED\r\n");
            assertThat(client.readLine())
                    .startsWith("-ERR transaction too large.")
                    .endsWith(" 2000 bytes");

            client.lines("DISCARD", "WATCH " + key, "WATCH " + key.replace('k', 'l'));
            assertThat(client.read(10)).isEqualTo("+OK\r\n+OK\r\n");
            assertThat(client.readLine()).startsWith("-ERR transaction too large.");
        }
    }
}
