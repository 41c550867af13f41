// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.router.testing.LoneNode;
import io.meridian.router.token.SessionToken;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who a client is, and what its connection was promised. */
@Timeout(60)
class RespSessionTest {
    private final RespFixture resp = RespFixture.locked();

    @AfterEach
    void stop() {
        resp.close();
    }

    @Test
    void aTokenOpensItsDatabaseAsItsUser() {
        try (RawClient main = resp.connect();
                RawClient other = resp.connect();
                RawClient reader = resp.connect()) {
            main.send("AUTH " + LoneNode.TOKEN + "\r\nSET k main\r\n");
            other.send("AUTH default " + LoneNode.OTHER_TOKEN + "\r\nGET k\r\n");
            assertThat(main.readUntil("+OK\r\n+OK\r\n")).hasSize(10);
            assertThat(other.read(10)).isEqualTo("+OK\r\n$-1\r\n");

            reader.send(
                    "AUTH reader " + LoneNode.READER_TOKEN + "\r\nGET k\r\nSET k x\r\nSCAN 0\r\nMULTI\r\nDEL k\r\n");
            assertThat(reader.readUntil("main\r\n")).isEqualTo("+OK\r\n$4\r\nmain\r\n");
            assertThat(reader.readLine())
                    .isEqualTo("-NOPERM this user has no permissions to run the 'set' command (or its subcommand)");
            assertThat(reader.readLine()).startsWith("-NOPERM this user has no permissions to run the 'scan'");
            assertThat(reader.readLine()).isEqualTo("+OK");
            assertThat(reader.readLine()).startsWith("-NOPERM this user has no permissions to run the 'del'");
        }
    }

    /** Databases share nodes, not clients: whoever writes to one must not disconnect, or see, those of another. */
    @Test
    void clientsOfOtherDatabasesAreNeitherShownNorClosed() {
        try (RawClient main = resp.login();
                RawClient second = resp.login();
                RawClient stranger = resp.connect();
                RawClient other = resp.connect()) {
            stranger.lines("PING");
            assertThat(stranger.readLine()).startsWith("-NOAUTH");
            other.lines("AUTH default " + LoneNode.OTHER_TOKEN, "CLIENT SETNAME spy", "CLIENT LIST", "CLIENT ID");
            assertThat(other.readUntil(" name=spy "))
                    .startsWith("+OK\r\n+OK\r\n$")
                    .containsOnlyOnce("id=");
            assertThat(other.readUntil("\n\r\n:")).containsOnlyOnce("\n\r\n");
            String id = other.readLine();
            main.lines("CLIENT ID");
            String mainId = main.readLine().substring(1);

            other.lines("CLIENT LIST ID " + mainId, "CLIENT KILL ID " + mainId, "CLIENT KILL " + main.localAddress());
            assertThat(other.read(6 + 4)).isEqualTo("$0\r\n\r\n:0\r\n");
            assertThat(other.readLine()).isEqualTo("-ERR No such client");
            other.lines("CLIENT KILL TYPE normal", "CLIENT LIST ID " + id);
            assertThat(other.readLine()).isEqualTo(":0");
            assertThat(other.readUntil(" name=spy ")).contains("id=" + id + " ");

            main.lines("CLIENT KILL TYPE normal");
            assertThat(main.readLine()).isEqualTo(":1");
            assertThat(second.readToEnd()).isEmpty();
            stranger.lines("PING");
            assertThat(stranger.readLine()).startsWith("-NOAUTH");
        }
    }

    @Test
    void wrongCredentialsOpenNothingAndChangeNothing() {
        try (RawClient client = resp.connect()) {
            client.send("AUTH wrong\r\nAUTH reader " + LoneNode.TOKEN + "\r\nAUTH default+nosuch " + LoneNode.TOKEN
                    + "\r\nHELLO 3 AUTH default wrong\r\nGET k\r\n");
            for (int i = 0; i < 4; i++) {
                assertThat(client.readLine())
                        .isEqualTo("-WRONGPASS invalid username-password pair or user is disabled.");
            }
            assertThat(client.readLine()).isEqualTo("-NOAUTH Authentication required.");

            client.send("HELLO 3 AUTH default " + LoneNode.TOKEN + "\r\nAUTH wrong\r\nGET k\r\n");
            assertThat(client.readUntil("*0\r\n")).startsWith("%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n");
            assertThat(client.readLine()).startsWith("-WRONGPASS ");
            assertThat(client.readLine()).isEqualTo("_");
        }
    }

    @Test
    void aUsersNameMayCarryALevel() {
        try (RawClient client = resp.connect()) {
            client.send("AUTH default+linearizable " + LoneNode.TOKEN
                    + "\r\nSET k v\r\nGET k\r\nMERIDIAN CONSISTENCY\r\n" + "MERIDIAN LAST\r\n");

            assertThat(client.read(10 + 7)).isEqualTo("+OK\r\n+OK\r\n$1\r\nv\r\n");
            assertThat(client.readUntil("able\r\n")).isEqualTo("$12\r\nlinearizable\r\n");
            // The read rode with the write: it was shown the state at its own place in the log.
            assertThat(client.readUntil("$5\r\nindex\r\n"))
                    .startsWith("*10\r\n$6\r\nregion\r\n$2\r\nus\r\n$4\r\nnode\r\n$4\r\nus-1\r\n")
                    .contains("$12\r\nlinearizable\r\n");
            assertThat(client.readUntil("ms\r\n")).isEqualTo(":1\r\n$12\r\nstaleness-ms\r\n");
            assertThat(client.readLine()).isEqualTo(":0");
        }
    }

    @Test
    void beforeTheFirstReadNothingIsKnownOfOne() {
        try (RawClient client = resp.login()) {
            client.send("MERIDIAN LAST\r\n");

            assertThat(client.readUntil("ms\r\n"))
                    .endsWith("$5\r\nlevel\r\n$0\r\n\r\n$5\r\nindex\r\n:0\r\n$12\r\nstaleness-ms\r\n");
            assertThat(client.readLine()).isEqualTo(":-1");
        }
    }

    @Test
    void aUsersNameWithALevelThatCannotBeKeptIsRefusedWithTheReason() {
        try (RawClient client = resp.connect()) {
            client.lines(
                    "AUTH default+bounded.500 " + LoneNode.TOKEN,
                    "HELLO 3 AUTH default+bounded.500 " + LoneNode.TOKEN,
                    "AUTH default+bounded.500 wrong",
                    "GET k");

            assertThat(client.readLine()).startsWith("-ERR bounded staleness is not available in this version");
            assertThat(client.readLine()).startsWith("-ERR bounded staleness is not available in this version");
            assertThat(client.readLine()).startsWith("-WRONGPASS ");
            assertThat(client.readLine()).startsWith("-NOAUTH ");
        }
    }

    @Test
    void theLevelOfAConnectionIsSetAndTold() {
        try (RawClient client = resp.login()) {
            client.lines(
                    "MERIDIAN CONSISTENCY",
                    "MERIDIAN CONSISTENCY eventual",
                    "MERIDIAN CONSISTENCY",
                    "MERIDIAN CONSISTENCY bounded 500",
                    "MERIDIAN CONSISTENCY bounded",
                    "MERIDIAN CONSISTENCY nosuch",
                    "MERIDIAN CONSISTENCY");

            assertThat(client.readUntil("session\r\n")).isEqualTo("$7\r\nsession\r\n");
            assertThat(client.readLine()).isEqualTo("+OK");
            assertThat(client.readUntil("eventual\r\n")).isEqualTo("$8\r\neventual\r\n");
            assertThat(client.readLine()).startsWith("-ERR bounded staleness is not available in this version");
            assertThat(client.readLine()).startsWith("-ERR bounded staleness is not available in this version");
            assertThat(client.readLine()).startsWith("-ERR 'nosuch' is not one of eventual, session, linearizable");
            assertThat(client.readUntil("eventual\r\n")).isEqualTo("$8\r\neventual\r\n");
        }
    }

    @Test
    void theLastReadIsToldWithRegionNodeLevelAndIndex() {
        try (RawClient client = resp.login()) {
            client.send("SET k v\r\n");
            client.readLine();
            client.send("GET k\r\n");
            client.readUntil("v\r\n");
            client.send("MERIDIAN LAST\r\n");

            assertThat(client.readUntil("$5\r\nlevel\r\n"))
                    .isEqualTo("*10\r\n$6\r\nregion\r\n$2\r\nus\r\n$4\r\nnode\r\n$4\r\nus-1\r\n$5\r\nlevel\r\n");
            assertThat(client.readUntil(":0\r\n"))
                    .isEqualTo("$7\r\nsession\r\n$5\r\nindex\r\n:1\r\n$12\r\nstaleness-ms\r\n:0\r\n");
        }
    }

    @Test
    void aTokenCoversWhatWasWrittenAndIsWaitedFor() {
        try (RawClient writer = resp.login();
                RawClient reader = resp.login()) {
            writer.send("SET k v\r\nMERIDIAN TOKEN\r\n");
            assertThat(writer.readLine()).isEqualTo("+OK");
            writer.readLine();
            String token = writer.readLine();
            assertThat(LoneNode.tokens().read(token).orElseThrow().seen())
                    .containsExactly(new SessionToken.Seen("us/0", 7, 1));

            reader.send("MERIDIAN SYNC " + token + "\r\nMERIDIAN SYNC nonsense\r\n");
            assertThat(reader.readLine()).isEqualTo("+OK");
            assertThat(reader.readLine()).isEqualTo("-ERR not a session token of this cluster");

            String ahead = LoneNode.tokens().write(new SessionToken(List.of(new SessionToken.Seen("us/0", 7, 2))));
            reader.send("MERIDIAN SYNC " + ahead + " 50\r\n");
            assertThat(reader.readLine()).isEqualTo("-ERR not fresh after 50 ms");
            reader.send("GET k\r\n");
            writer.send("SET k w\r\n");
            assertThat(writer.readLine()).isEqualTo("+OK");
            assertThat(reader.read(7)).isEqualTo("$1\r\nw\r\n");
        }
    }

    @Test
    void resetForgetsEverything() {
        try (RawClient client = resp.login()) {
            client.lines(
                    "HELLO 3", "SELECT 2", "CLIENT SETNAME n", "MULTI", "PING", "CLIENT REPLY OFF", "RESET", "GET k");
            client.readUntil("*0\r\n");
            assertThat(client.readUntil("+RESET\r\n"))
                    .isEqualTo("+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n+QUEUED\r\n+RESET\r\n");
            assertThat(client.readLine()).isEqualTo("-NOAUTH Authentication required.");

            client.send("AUTH " + LoneNode.TOKEN + "\r\nGET k\r\nCLIENT GETNAME\r\nEXEC\r\n");
            assertThat(client.readUntil("MULTI\r\n")).isEqualTo("+OK\r\n$-1\r\n$-1\r\n-ERR EXEC without MULTI\r\n");
        }
    }

    @Test
    void aSelectInATransactionHoldsForWhatFollowsIt() {
        try (RawClient client = resp.login()) {
            client.lines(
                    "MULTI",
                    "SET k zero",
                    "SELECT 1",
                    "SET k one",
                    "SELECT 99",
                    "GET k",
                    "EXEC",
                    "GET k",
                    "SELECT 0",
                    "GET k");

            client.readUntil("+QUEUED\r\n".repeat(5));
            assertThat(client.readUntil("one\r\n"))
                    .isEqualTo("*5\r\n+OK\r\n+OK\r\n+OK\r\n-ERR DB index is out of range\r\n$3\r\none\r\n");
            assertThat(client.readUntil("zero\r\n")).isEqualTo("$3\r\none\r\n+OK\r\n$4\r\nzero\r\n");
        }
    }

    @Test
    void aWatchedKeyThatChangedStopsTheTransaction() {
        try (RawClient client = resp.login();
                RawClient other = resp.login()) {
            client.send("WATCH k\r\n");
            assertThat(client.readLine()).isEqualTo("+OK");
            other.send("SET k v\r\n");
            assertThat(other.readLine()).isEqualTo("+OK");
            client.send("MULTI\r\nSET k mine\r\nEXEC\r\nGET k\r\n");
            assertThat(client.readUntil("+QUEUED\r\n")).isEqualTo("+OK\r\n+QUEUED\r\n");
            assertThat(client.read(5 + 7)).isEqualTo("*-1\r\n$1\r\nv\r\n");

            client.send("WATCH k\r\nMULTI\r\nSET k mine\r\nEXEC\r\n");
            assertThat(client.readUntil("*1\r\n+OK\r\n")).endsWith("+QUEUED\r\n*1\r\n+OK\r\n");
        }
    }

    @Test
    void strangersGrowNoBuffer() {
        String word = "a".repeat(RespLimits.UNAUTHENTICATED_BYTES_MAX);
        try (RawClient client = resp.connect()) {
            // Commands as large as allowed, of which none is ever complete in one read.
            client.send("*2\r\n$" + word.length() + "\r\n" + word + "\r\n$" + word.length() + "\r\n" + word + "\r\n");
            assertThat(client.readLine()).startsWith("-ERR unknown command 'aaa");
        }
        try (RawClient silent = resp.connect()) {
            // Amplifies 3 bytes into about 50, and never reads.
            Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 2000; i++) {
                        silent.send("ab\r\n".repeat(4000));
                    }
                } catch (java.io.UncheckedIOException closed) {
                    assertThat(closed).hasCauseInstanceOf(java.io.IOException.class);
                }
            });
            RespFixture.eventually("disconnected", () -> resp.server().connections() == 0);
        }
    }
}
