// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Errors;
import io.meridian.engine.Reply;
import io.meridian.engine.testing.RedisCli;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyCommandsTest {
    private static final String SAME = "ERR source and destination objects are the same";

    private final RedisCli redis = new RedisCli();

    @Test
    void keysAreCountedAndRemoved() {
        redis.run("MSET a 1 b 2").is(OK);
        redis.run("EXISTS a a none b").is(3);
        redis.run("TOUCH a none").is(1);
        redis.run("TYPE a").is(new Reply.Status("string"));
        redis.run("TYPE none").is(new Reply.Status("none"));
        redis.run("DBSIZE").is(2);
        redis.run("DEL a a none").is(1);
        redis.run("UNLINK b").is(1);
        redis.run("DBSIZE").is(0);
    }

    @Test
    void copyTakesValueAndExpiry() {
        redis.run("SET a 1 EX 10").is(OK);
        redis.run("COPY a b").is(1);
        redis.run("TTL b").is(10);
        redis.run("SET c 2").is(OK);
        redis.run("COPY a c").is(0);
        redis.run("COPY a c REPLACE").is(1);
        redis.run("GET c").is("1");
        redis.run("COPY none c REPLACE").is(0);
        redis.run("COPY a a").fails(SAME);
        redis.run("COPY none none").fails(SAME);
        redis.run("COPY a a DB 3").is(1);
        redis.run("COPY a a DB 99").fails("ERR DB index is out of range");
        redis.run("COPY a a DB").failsWith(Errors.SYNTAX);
        redis.run("SELECT 3").is(OK);
        redis.run("GET a").is("1");
    }

    @Test
    void renameMovesValueAndExpiry() {
        redis.run("SET a 1 EX 10").is(OK);
        redis.run("SET b 2").is(OK);
        redis.run("RENAME a b").is(OK);
        redis.run("GET b").is("1");
        redis.run("TTL b").is(10);
        redis.run("RENAME a b").failsWith(Errors.NO_SUCH_KEY);
        redis.run("RENAME none none").failsWith(Errors.NO_SUCH_KEY);
        redis.run("RENAME b b").is(OK);
        redis.run("RENAMENX b b").is(0);
        redis.run("SET c 3").is(OK);
        redis.run("RENAMENX b c").is(0);
        redis.run("RENAMENX b d").is(1);
        redis.run("EXISTS b").is(0);
    }

    @Test
    void keysGoFromNumberToNumber() {
        redis.run("SET a 1 EX 10").is(OK);
        redis.run("MOVE a 0").fails(SAME);
        redis.run("MOVE a 16").fails("ERR DB index is out of range");
        redis.run("MOVE a 99999999999")
                .fails("ERR value is out of range, value must between -2147483648 and 2147483647");
        redis.run("MOVE a 1").is(1);
        redis.run("MOVE a 1").is(0);
        redis.run("SET a 0").is(OK);
        redis.run("MOVE a 1").is(0);
        redis.run("SWAPDB 0 1").is(OK);
        redis.run("TTL a").is(10);
        redis.run("SWAPDB 1 1").is(OK);
        redis.run("SWAPDB x 1").fails("ERR invalid first DB index");
        redis.run("SWAPDB 1 x").fails("ERR invalid second DB index");
        redis.run("SWAPDB 1 16").fails("ERR DB index is out of range");
    }

    @Test
    void flushEmptiesOneNumberOrAll() {
        redis.run("SET a 1").is(OK);
        redis.run("SELECT 1").is(OK);
        redis.run("SET a 1").is(OK);
        redis.run("FLUSHDB ASYNC").is(OK);
        redis.run("DBSIZE").is(0);
        redis.run("SELECT 0").is(OK);
        redis.run("DBSIZE").is(1);
        redis.run("FLUSHALL now").failsWith(Errors.SYNTAX);
        redis.run("FLUSHALL SYNC").is(OK);
        redis.run("DBSIZE").is(0);
        redis.run("RANDOMKEY").isNil();
    }

    @Test
    void keysMatchTheirPattern() {
        redis.run("MSET one 1 two 2 three 3 '' empty").is(OK);
        redis.run("KEYS *").isAnyOrder("one", "two", "three", "");
        redis.run("KEYS t*").isAnyOrder("two", "three");
        redis.run("KEYS [^t]*").isAnyOrder("one");
        redis.run("KEYS ''").isAnyOrder("");
        assertThat(List.of("one", "two", "three", ""))
                .contains(redis.run("RANDOMKEY").text());
    }

    @Test
    void scanFindsEveryKeyThatStays() {
        Set<String> staying = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            redis.run("SET stays:" + i + " v").is(OK);
            staying.add("stays:" + i);
        }
        Set<String> found = new HashSet<>();

        String cursor = "0";
        int round = 0;
        do {
            List<Reply> page = redis.run("SCAN " + cursor + " COUNT 7 MATCH s*").items();
            cursor = textOf(page.getFirst());
            ((Reply.Array) page.getLast()).items().forEach(key -> found.add(textOf(key)));
            // The table grows and shrinks meanwhile.
            for (int i = 0; i < 20 && round < 100; i++) {
                redis.run("SET comes:" + round + ":" + i + " v");
                redis.run("DEL comes:" + (round - 2) + ":" + i);
            }
            round++;
        } while (!cursor.equals("0"));

        assertThat(found).isEqualTo(staying);
    }

    @Test
    void scanTakesItsOptions() {
        redis.run("MSET a 1 b 2").is(OK);
        redis.run("SCAN 0 TYPE STRING MATCH a").isArray("0", List.of("a"));
        redis.run("SCAN 0 TYPE hash").isArray("0", List.of());
        redis.run("SCAN 0 COUNT 9223372036854775807 MATCH b").isArray("0", List.of("b"));
        redis.run("SCAN 18446744073709551615").isArray("0", List.of());
        redis.run("SCAN 18446744073709551616").fails("ERR invalid cursor");
        redis.run("SCAN -").fails("ERR invalid cursor");
        redis.run("SCAN ten").fails("ERR invalid cursor");
        redis.run("SCAN 0 COUNT 0").failsWith(Errors.SYNTAX);
        redis.run("SCAN 0 COUNT x").failsWith(Errors.NOT_AN_INTEGER);
        redis.run("SCAN 0 MATCH").failsWith(Errors.SYNTAX);
        redis.run("SCAN 0 NOVALUES").fails("ERR NOVALUES option can only be used in HSCAN");
    }

    @Test
    void objectTellsHowAValueIsHeld() {
        redis.run("MSET n 12 short abc").is(OK);
        redis.run("SETRANGE long 44 x").is(45);
        redis.run("OBJECT ENCODING n").is("int");
        redis.run("OBJECT ENCODING short").is("embstr");
        redis.run("object encoding long").is("raw");
        redis.run("RPUSH list a b").is(2);
        redis.run("OBJECT ENCODING list").is("listpack");
        redis.run("RPUSH list " + "x".repeat(8_192)).is(3);
        redis.run("OBJECT ENCODING list").is("quicklist");
        redis.run("OBJECT ENCODING none").isNil();
        redis.run("OBJECT REFCOUNT n").is(1);
        redis.run("OBJECT FREQ none").isNil();
        assertThat(redis.run("OBJECT FREQ n").reply().toString()).contains("LFU maxmemory policy is not selected");
        redis.run("OBJECT IDLETIME n").is(0);
        redis.run("OBJECT").fails("ERR wrong number of arguments for 'object' command");
        redis.run("OBJECT ENCODING").fails("ERR wrong number of arguments for 'object|encoding' command");
        redis.run("OBJECT FOO n").fails("ERR unknown subcommand 'FOO'. Try OBJECT HELP.");
        assertThat(redis.run("MEMORY USAGE long").number()).isGreaterThanOrEqualTo(49);
        redis.run("MEMORY USAGE none SAMPLES 3").isNil();
        redis.run("MEMORY USAGE n SAMPLES -1").failsWith(Errors.SYNTAX);
    }

    private static String textOf(Reply reply) {
        return ((Reply.Bulk) reply).bytes().toString();
    }
}
