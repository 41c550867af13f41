// SPDX-License-Identifier: Apache-2.0
package io.meridian.resp;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.testing.differential.RedisServer;
import io.meridian.router.testing.LoneNode;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same bytes to a real redis-server 7.0.15 and to us bring back the same bytes. */
@Timeout(120)
class RespDifferentialTest {
    /** An unknown command, so that its error tells where the answer to the bytes before it ends. */
    private static final String MARK = "9d1f2c";

    private static final String MARKED = "-ERR unknown command '" + MARK + "', with args beginning with: \r\n";

    /** In each, "TOKEN" stands for the password. */
    private static final List<String> OPEN = List.of(
            // malformed
            "*x\r\n",
            "*\r\n",
            "*01\r\n",
            "*-0\r\n",
            "*1x\r\n",
            "*9999999999\r\n",
            "*99999999999999999999\r\n",
            "*" + "1".repeat(70_000),
            "*1\r\n$" + "1".repeat(70_000),
            "*1\r\n$-1\r\n",
            "*1\r\n$x\r\n",
            "*1\r\n$04\r\n",
            "*1\r\n4\r\n",
            "*1\r\n\r\n",
            "PING\r\n*2\r\n$4\r\nPING\r\n!\r\n",
            "a".repeat(70_000),
            "ECHO \"a\r\n",
            "ECHO \"a\"b\r\n",
            "ECHO 'a\r\n",
            // well formed
            "*-1\r\nPING\r\n",
            "*0\r\nPING\r\n",
            "*1\rx$4\rxPING\r\n",
            "\r\n\r\n \t \r\nPING\r\n",
            "PING\n",
            "ping\r\nPiNg a\r\n",
            "ECHO 'a\\'b'\r\n",
            "ECHO 'a\\nb'\r\n",
            "ECHO \"\\x41\\n\\q\\a\\b\\t\\r\\\\ \\x4\"\r\n",
            "ECHO a\"b c\"\r\n",
            "ECHO \"\"\r\n",
            "ECHO a\u000bb\r\n",
            "ECHO\u000ba\r\n\u000cECHO a\r\n",
            // transactions
            "MULTI\r\nEXEC x\r\nEXEC\r\nPING\r\n",
            "EXEC x\r\nEXEC\r\nDISCARD\r\n",
            "MULTI\r\nSET a b EX nan\r\nSET a b XX NX\r\nGETRANGE a x y\r\nPING a b c\r\nEXEC\r\n",
            "MULTI\r\nNOSUCH\r\nEXEC\r\nEXEC\r\n",
            "MULTI\r\nMULTI\r\nWATCH a\r\nEXEC\r\n",
            "MULTI\r\nGET\r\nDISCARD\r\nDISCARD\r\n",
            "MULTI\r\nDISCARD x\r\nEXEC\r\n",
            "MULTI\r\nMULTI x\r\nEXEC\r\n",
            "MULTI\r\nWATCH\r\nEXEC\r\n",
            "MULTI\r\nQUIT\r\n",
            "MULTI\r\nRESET\r\nEXEC\r\n",
            "MULTI\r\nUNWATCH\r\nPING\r\nECHO hi\r\nEXEC\r\n",
            "WATCH w\r\nSET w 1\r\nMULTI\r\nPING\r\nEXEC\r\nGET w\r\nDEL w\r\n",
            "WATCH w\r\nSET w 1\r\nUNWATCH\r\nMULTI\r\nGET w\r\nEXEC\r\nDEL w\r\n",
            "WATCH w\r\nSET w 1\r\nMULTI\r\nDISCARD\r\nMULTI\r\nINCR w\r\nEXEC\r\nDEL w\r\n",
            "WATCH w\r\nMULTI\r\nEXEC x\r\nSET w 1\r\nMULTI\r\nINCR w\r\nEXEC\r\nDEL w\r\n",
            "MULTI\r\nSELECT 1\r\nSET k 1\r\nSELECT 99\r\nEXEC\r\nGET k\r\nSELECT 0\r\nGET k\r\n",
            "SELECT 1\r\nDEL k\r\n",
            "MULTI\r\nSELECT x\r\nSET k 1\r\nEXEC\r\nDEL k\r\n",
            "SET s v\r\nMULTI\r\nINCR s\r\nLPUSH s x\r\nGET s\r\nDEL s\r\nEXEC\r\n",
            "MULTI\r\nAUTH x\r\nEXEC\r\n",
            // the connection
            "CLIENT REPLY OFF\r\nPING\r\nNOSUCH\r\nSET r 1\r\nCLIENT REPLY ON\r\nGET r\r\nDEL r\r\n",
            "CLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n",
            "CLIENT REPLY SKIP\r\nSET r 1\r\nGET r\r\nDEL r\r\n",
            "CLIENT REPLY SKIP\r\nCLIENT REPLY SKIP\r\nPING\r\nECHO a\r\n",
            "CLIENT REPLY OFF\r\nCLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nECHO a\r\n",
            "CLIENT REPLY SKIP\r\nCLIENT REPLY ON\r\nECHO a\r\n",
            "CLIENT REPLY SKIP\r\nCLIENT REPLY OFF\r\nPING\r\nCLIENT REPLY ON\r\nECHO a\r\n",
            "CLIENT REPLY OFF\r\nRESET\r\nECHO a\r\n",
            "CLIENT REPLY ON\r\nCLIENT REPLY no\r\nCLIENT REPLY\r\n",
            "QUIT\r\nPING\r\n",
            "QUIT a b\r\nPING\r\n",
            "AUTH x\r\nAUTH a b\r\nAUTH a b c\r\nAUTH\r\n",
            "HELLO 9\r\nHELLO x\r\nHELLO 3 FOO\r\nHELLO 3 AUTH a\r\nHELLO 3 AUTH a b\r\nPING\r\n",
            "CLIENT KILL 1.2.3.4:5\r\nCLIENT KILL ID x\r\nCLIENT KILL ID 0\r\nCLIENT KILL ADDR 1:2 FOO\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\n\r\nSET hacked 1\r\n",
            "Host: x\r\nPING\r\n",
            "GET hacked\r\n");

    private static final List<String> LOCKED = List.of(
            "*11\r\n",
            "*10\r\n" + "$4\r\nPING\r\n".repeat(10),
            "*1\r\n$16385\r\n",
            "*2\r\n$3\r\nGET\r\n$16384\r\n" + "k".repeat(16_384) + "\r\n",
            "a".repeat(70_000),
            "GET a\r\nGET\r\nNOSUCH\r\nPING\r\nECHO a\r\nCLIENT ID\r\nCOMMAND\r\nSELECT 1\r\nCLIENT NOSUCH\r\n",
            "HELLO 3 AUTH default bad\r\nAUTH bad\r\nAUTH default bad\r\nAUTH nosuch TOKEN\r\nPING\r\n",
            "AUTH TOKEN\r\nPING\r\nAUTH bad\r\nPING\r\n",
            "AUTH default TOKEN\r\nPING\r\nRESET\r\nPING\r\n",
            "AUTH TOKEN\r\n*11\r\n" + "$4\r\nPING\r\n".repeat(11),
            "EXEC\r\nEXEC x\r\nMULTI\r\nDISCARD\r\nWATCH a\r\nCLIENT REPLY OFF\r\nRESET\r\nPING\r\n",
            "QUIT\r\nPING\r\n");

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @Test
    void withoutAPassword() {
        try (RespFixture ours = RespFixture.open()) {
            compare(OPEN, ours);
        }
    }

    @Test
    void withAPassword() {
        try (RespFixture ours = RespFixture.locked();
                RawClient admin = new RawClient(redis.address())) {
            admin.command("CONFIG", "SET", "requirepass", LoneNode.TOKEN);
            assertThat(admin.readLine()).isEqualTo("+OK");
            try {
                compare(LOCKED, ours);
            } finally {
                admin.command("CONFIG", "SET", "requirepass", "");
                assertThat(admin.readLine()).isEqualTo("+OK");
            }
        }
    }

    private static void compare(List<String> transcripts, RespFixture ours) {
        List<String> differences = new ArrayList<>();
        for (String transcript : transcripts) {
            String bytes = transcript.replace("TOKEN", LoneNode.TOKEN);
            String expected = answer(redis.address(), bytes);
            String actual = answer(ours.server().address(), bytes);
            if (!expected.equals(actual)) {
                String shown = bytes.substring(0, Math.min(200, bytes.length()));
                differences.add(
                        "\n" + visible(shown) + "\n  redis " + visible(expected) + "\n  ours  " + visible(actual));
            }
        }

        assertThat(differences).isEmpty();
    }

    /** All that comes back, up to the mark's answer or the end; bytes that do not end a line are sent without a mark. */
    private static String answer(SocketAddress address, String bytes) {
        try (RawClient client = new RawClient(address)) {
            client.send(bytes.endsWith("\n") ? bytes + MARK + "\r\n" : bytes);
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf(MARKED) < 0) {
                String next = client.read(1);
                if (next.isEmpty()) {
                    return answer + "<closed>";
                }
                answer.append(next);
            }
            return answer.toString();
        } catch (java.io.UncheckedIOException reset) {
            return "<reset while sending>";
        }
    }

    private static String visible(String bytes) {
        return bytes.replace("\r", "\\r").replace("\n", "\\n");
    }
}
