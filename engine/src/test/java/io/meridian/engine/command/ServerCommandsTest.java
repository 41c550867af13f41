// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.testing.FakeHost;
import io.meridian.engine.testing.FakeSession;
import io.meridian.engine.testing.RedisCli;
import org.junit.jupiter.api.Test;

class ServerCommandsTest {
    private final FakeHost host = new FakeHost();
    private final RedisCli redis = new RedisCli(new FakeSession(host));

    @Test
    void configGetTakesSeveralPatternsInAnyCase() {
        redis.run("CONFIG GET maxmemory").isPairs("maxmemory", "0");
        redis.run("CONFIG GET MAXMEMORY").isPairs("MAXMEMORY", "0");
        redis.run("CONFIG GET MAX* maxmemory").isPairs("maxclients", "10000", "maxmemory", "0");
        redis.run("CONFIG GET nosuch").isPairs();
        redis.run("CONFIG GET").fails("ERR wrong number of arguments for 'config|get' command");
    }

    @Test
    void configSetChangesAllOrNothing() {
        redis.run("CONFIG SET MaxMemory 1 maxclients 2").is(OK);
        redis.run("CONFIG GET max*").isPairs("maxclients", "2", "maxmemory", "1");
        redis.run("CONFIG SET maxmemory 5 nosuch 3")
                .fails("ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'");
        redis.run("CONFIG SET maxmemory 5 MAXMEMORY 6")
                .fails("ERR CONFIG SET failed (possibly related to argument 'MAXMEMORY') - duplicate parameter");
        redis.run("CONFIG SET maxmemory 5 maxclients").fails("ERR syntax error");
        redis.run("CONFIG SET maxmemory").fails("ERR wrong number of arguments for 'config|set' command");
        redis.run("CONFIG GET max*").isPairs("maxclients", "2", "maxmemory", "1");
    }

    @Test
    void configResetstatResetsCounters() {
        redis.run("CONFIG RESETSTAT").is(OK);
        assertThat(host.resets()).isEqualTo(1);
    }

    @Test
    void infoJoinsSections() {
        redis.run("INFO")
                .is(text(lines(
                        "# Server", "redis_version:7.4.0", "tcp_port:6379", "", "# Clients", "connected_clients:1")));
        redis.run("INFO CLIENTS nosuch").is(text(lines("# Clients", "connected_clients:1")));
        redis.run("INFO nosuch").is(text(""));
    }

    @Test
    void timeIsSecondsAndMicroseconds() {
        redis.run("TIME").isArray("1700000000", "42");
        redis.run("TIME x").fails("ERR wrong number of arguments for 'time' command");
    }

    @Test
    void everyNodeIsAMaster() {
        redis.run("ROLE").isArray("master", 0, Reply.EMPTY_ARRAY);
    }

    @Test
    void waitAsksTheSession() {
        redis.run("WAIT 2 500").is(new Reply.Status("wait 2 500"));
        redis.run("WAIT x 1").fails("ERR value is not an integer or out of range");
        redis.run("WAIT 1 x").fails("ERR timeout is not an integer or out of range");
        redis.run("WAIT 1 -1").fails("ERR timeout is negative");
    }

    @Test
    void transactionsAskTheSession() {
        redis.run("MULTI").is(new Reply.Status("multi"));
        redis.run("EXEC").is(new Reply.Status("exec"));
        redis.run("DISCARD").is(new Reply.Status("discard"));
        redis.run("WATCH a b").is(new Reply.Status("watch [a, b]"));
        redis.run("UNWATCH").is(new Reply.Status("unwatch"));
        redis.run("WATCH").fails("ERR wrong number of arguments for 'watch' command");
        redis.run("MULTI x").fails("ERR wrong number of arguments for 'multi' command");
    }

    @Test
    void meridianAsksTheSession() {
        // What is not available is not offered.
        assertThat(redis.run("MERIDIAN HELP").items().toString())
                .contains("CONSISTENCY [<level>]")
                .doesNotContain("bounded");
        redis.run("MERIDIAN CONSISTENCY").is(new Reply.Status("consistency []"));
        redis.run("MERIDIAN CONSISTENCY bounded 500").is(new Reply.Status("consistency [bounded, 500]"));
        redis.run("MERIDIAN TOKEN").is(new Reply.Status("token"));
        redis.run("MERIDIAN SYNC abc").is(new Reply.Status("sync abc 0"));
        redis.run("MERIDIAN SYNC abc 200").is(new Reply.Status("sync abc 200"));
        redis.run("MERIDIAN SYNC abc -1").fails("ERR timeout is negative");
        redis.run("MERIDIAN SYNC a 1 2").fails("ERR wrong number of arguments for 'meridian|sync' command");
        redis.run("MERIDIAN LAST").is(new Reply.Status("last"));
        redis.run("MERIDIAN DIGEST").is(new Reply.Status("digests"));
        redis.run("MERIDIAN nosuch").fails("ERR unknown subcommand 'nosuch'. Try MERIDIAN HELP.");
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines) + "\r\n";
    }

    private static Reply text(String text) {
        return new Reply.Verbatim("txt", Bytes.of(text));
    }
}
