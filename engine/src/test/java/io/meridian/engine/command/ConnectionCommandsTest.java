// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;
import static io.meridian.engine.Reply.PONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.command.Session.ReplyMode;
import io.meridian.engine.testing.FakeHost;
import io.meridian.engine.testing.FakeSession;
import io.meridian.engine.testing.RedisCli;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionCommandsTest {
    private static final String WRONG_PASS = "WRONGPASS invalid username-password pair or user is disabled.";
    private static final String BAD_NAME = "ERR Client names cannot contain spaces, newlines or special characters.";

    private final FakeHost host = new FakeHost();
    private final FakeSession session = new FakeSession(host);
    private final RedisCli redis = new RedisCli(session);

    @Test
    void pingAndEchoGiveBack() {
        redis.run("PING").is(PONG);
        redis.run("ping hello").is("hello");
        redis.run("PING a b").fails("ERR wrong number of arguments for 'ping' command");
        redis.run("ECHO \"a b\"").is("a b");
        redis.run("ECHO").fails("ERR wrong number of arguments for 'echo' command");
    }

    @Test
    void helloTellsAndSetsTheProtocol() {
        redis.run("HELLO")
                .isPairs(
                        "server",
                        "redis",
                        "version",
                        "7.4.0",
                        "proto",
                        2,
                        "id",
                        1,
                        "mode",
                        "standalone",
                        "role",
                        "master",
                        "modules",
                        Reply.EMPTY_ARRAY);

        redis.run("HELLO 3 AUTH bob secret SETNAME app");

        assertThat(session.protocol()).isEqualTo(3);
        assertThat(session.user()).isEqualTo("bob");
        redis.run("CLIENT GETNAME").is("app");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "HELLO 4;NOPROTO unsupported protocol version",
                "HELLO 1 foo;NOPROTO unsupported protocol version",
                "HELLO x;ERR Protocol version is not an integer or out of range",
                "HELLO 3 foo;ERR Syntax error in HELLO option 'foo'",
                "HELLO 3 auth a;ERR Syntax error in HELLO option 'auth'",
                "HELLO 3 SETNAME;ERR Syntax error in HELLO option 'SETNAME'",
                "HELLO 3 AUTH bob wrong;" + WRONG_PASS,
                "HELLO 3 SETNAME 'a b';" + BAD_NAME,
            })
    void helloRefusesAndChangesNothing(String line, String error) {
        redis.run(line).fails(error);

        assertThat(session.protocol()).isEqualTo(2);
        assertThat(session.user()).isEqualTo("default");
    }

    @Test
    void helloWithoutAuthenticationAsksForIt() {
        session.signOut();

        redis.run("HELLO 3")
                .fails("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto>"
                        + " AUTH <user> <pass> option can be used to authenticate the client and select the RESP"
                        + " protocol version at the same time");
        assertThat(session.protocol()).isEqualTo(2);
        redis.run("HELLO 3 AUTH default secret");
        assertThat(session.protocol()).isEqualTo(3);
    }

    @Test
    void authTakesASecretAndMaybeAUser() {
        redis.run("AUTH secret").is(OK);
        assertThat(session.user()).isEqualTo("default");
        redis.run("AUTH bob secret").is(OK);
        assertThat(session.user()).isEqualTo("bob");
        redis.run("AUTH bob wrong").fails(WRONG_PASS);
        redis.run("AUTH").fails("ERR wrong number of arguments for 'auth' command");
        redis.run("AUTH a b c").fails("ERR syntax error");
    }

    @Test
    void authWithASecretAloneSaysThatNoneIsNeeded() {
        session.needNoSecret();

        redis.run("AUTH wrong")
                .fails("ERR AUTH <password> called without any password configured for the default user. Are you sure"
                        + " your configuration is correct?");
        redis.run("AUTH default wrong").fails(WRONG_PASS);
        redis.run("AUTH secret").is(OK);
    }

    @Test
    void selectTakesANumberInRange() {
        redis.run("SELECT 15").is(OK);
        assertThat(session.selected()).isEqualTo(15);
        redis.run("SELECT 16").fails("ERR DB index is out of range");
        redis.run("SELECT -1").fails("ERR DB index is out of range");
        redis.run("SELECT x").fails("ERR value is not an integer or out of range");
        redis.run("SELECT 99999999999")
                .fails("ERR value is out of range, value must between -2147483648 and 2147483647");
        assertThat(session.selected()).isEqualTo(15);
    }

    @Test
    void resetAndQuit() {
        redis.run("SELECT 3").is(OK);
        redis.run("RESET").is(new Reply.Status("RESET"));
        assertThat(session.selected()).isZero();
        redis.run("QUIT now").is(OK);
        assertThat(session.isClosing()).isTrue();
    }

    @Test
    void aConnectionHasANumberAndMaybeAName() {
        redis.run("CLIENT ID").is(1);
        redis.run("CLIENT GETNAME").isNil();
        redis.run("CLIENT SETNAME app").is(OK);
        redis.run("CLIENT GETNAME").is("app");
        redis.run("CLIENT SETNAME \"a b\"").fails(BAD_NAME);
        redis.run("CLIENT SETNAME \"a\\n\"").fails(BAD_NAME);
        redis.run("CLIENT SETNAME ''").is(OK);
        redis.run("CLIENT GETNAME").isNil();
    }

    @Test
    void aLibrarySaysWhichItIs() {
        redis.run("CLIENT SETINFO lib-name jedis").is(OK);
        redis.run("CLIENT SETINFO LIB-VER 1.2").is(OK);
        redis.run("CLIENT SETINFO lib-ver \"1 2\"")
                .fails("ERR lib-ver cannot contain spaces, newlines or special characters.");
        redis.run("CLIENT SETINFO color red").fails("ERR Unrecognized option 'color'");
        assertThat(session.library()).isEqualTo("LIB-NAME=jedis LIB-VER=1.2 ");
    }

    @Test
    void listShowsConnectionsByNumber() {
        FakeSession other = new FakeSession(host);
        other.clientName("other");

        redis.run("CLIENT INFO").is(lines("id=1 name=\n"));
        redis.run("CLIENT LIST").is(lines("id=1 name=\nid=2 name=other\n"));
        redis.run("CLIENT LIST TYPE normal").is(lines("id=1 name=\nid=2 name=other\n"));
        redis.run("CLIENT LIST TYPE replica").is(lines(""));
        redis.run("CLIENT LIST ID 2 99 -1").is(lines("id=2 name=other\n"));
        redis.run("CLIENT LIST ID 2 x").fails("ERR Invalid client ID");
        redis.run("CLIENT LIST ID").fails("ERR syntax error");
        redis.run("CLIENT LIST TYPE normal ID 1").fails("ERR syntax error");
        redis.run("CLIENT LIST TYPE foo").fails("ERR Unknown client type 'foo'");
    }

    @Test
    void killClosesWhatPassesEveryFilter() {
        new FakeSession(host);
        new FakeSession(host);

        redis.run("CLIENT KILL ID 2 ADDR 127.0.0.1:50003").is(0);
        redis.run("CLIENT KILL ID 2 LADDR 127.0.0.1:6379 TYPE normal USER default")
                .is(1);
        redis.run("CLIENT KILL ID 2").is(0);
        redis.run("CLIENT KILL MAXAGE 31").is(0);
        redis.run("CLIENT KILL MAXAGE 30").is(1);

        assertThat(host.sessions(session)).hasSize(1);
    }

    @Test
    void killSparesTheCallerUnlessToldOtherwise() {
        redis.run("CLIENT KILL ID 1").is(0);
        assertThat(session.isClosing()).isFalse();
        redis.run("CLIENT KILL ID 1 SKIPME no").is(1);
        assertThat(session.isClosing()).isTrue();
    }

    @Test
    void killByAddressAloneIsTheOldForm() {
        new FakeSession(host);

        redis.run("CLIENT KILL 127.0.0.1:50002").is(OK);
        redis.run("CLIENT KILL 127.0.0.1:50002").fails("ERR No such client");
        redis.run("CLIENT KILL 127.0.0.1:50001").is(OK);
        assertThat(session.isClosing()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "CLIENT KILL ID x;ERR client-id should be greater than 0",
                "CLIENT KILL ID 0;ERR client-id should be greater than 0",
                "CLIENT KILL TYPE foo;ERR Unknown client type 'foo'",
                "CLIENT KILL SKIPME maybe;ERR syntax error",
                "CLIENT KILL foo bar;ERR syntax error",
                "CLIENT KILL ID 1 ADDR;ERR syntax error",
                "CLIENT KILL MAXAGE x;ERR maxage is not an integer or out of range",
                "CLIENT KILL MAXAGE 0;ERR maxage should be greater than 0",
                "CLIENT KILL;ERR wrong number of arguments for 'client|kill' command",
                "CLIENT NO-EVICT maybe;ERR syntax error",
                "CLIENT REPLY maybe;ERR syntax error",
            })
    void badFiltersAreRefused(String line, String error) {
        redis.run(line).fails(error);
        assertThat(session.isClosing()).isFalse();
    }

    @Test
    void replyModesReachTheSession() {
        redis.run("CLIENT REPLY off");
        redis.run("CLIENT REPLY SKIP");
        redis.run("CLIENT REPLY on").is(OK);
        assertThat(session.replyModes()).containsExactly(ReplyMode.OFF, ReplyMode.SKIP, ReplyMode.ON);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLIENT NO-EVICT on", "CLIENT NO-EVICT OFF", "CLIENT NO-TOUCH ON", "CLIENT NO-TOUCH off"})
    void whatChangesNothingIsAccepted(String line) {
        redis.run(line).is(OK);
    }

    @Test
    void helpNamesEverySubcommand() {
        for (String container : new String[] {"CLIENT", "CONFIG", "COMMAND", "MERIDIAN"}) {
            String help = redis.run(container + " HELP").items().toString();
            for (Command command : CommandTable.REDIS.commands()) {
                String name = command.spec().name();
                if (name.startsWith(container + "|")) {
                    assertThat(help).contains("text=" + name.substring(container.length() + 1));
                }
            }
        }
    }

    private static Reply lines(String text) {
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
