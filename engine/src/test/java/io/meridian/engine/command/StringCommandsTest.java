// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Errors;
import io.meridian.engine.testing.RedisCli;
import io.meridian.engine.value.StringValue;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StringCommandsTest {
    private static final Optional<?> NONE = Optional.empty();

    private final RedisCli redis = new RedisCli();

    @Test
    void setThenGetGivesTheValue() {
        redis.run("GET k").isNil();
        redis.run("SET k v").is(OK);
        redis.run("GET k").is("v");
        redis.run("SET \"\\x00 k\" ''").is(OK);
        redis.run("GET \"\\x00 k\"").is("");
    }

    @Test
    void setTakesTheConditionsOfBothKinds() {
        redis.run("SET k a XX").isNil();
        redis.run("SET k a NX").is(OK);
        redis.run("SET k b NX").isNil();
        redis.run("SET k c xx").is(OK);
        redis.run("SET k d XX NX").failsWith(Errors.SYNTAX);
        redis.run("SET k d NX GET").is("c");
        redis.run("SET k d XX GET").is("c");
        redis.run("SET new d NX GET").isNil();
        redis.run("MGET k new").isArray("d", "d");
    }

    @Test
    void setEndsTheKeyWhenItIsTold() {
        redis.run("SET a v EX 10").is(OK);
        redis.run("SET b v PX 1500").is(OK);
        redis.run("SET c v EXAT 2000000010").is(OK);
        redis.run("SET d v PXAT 2000000000001").is(OK);
        redis.run("TTL a").is(10);
        redis.run("PTTL b").is(1500);
        redis.run("EXPIRETIME c").is(2000000010L);
        redis.run("PEXPIRETIME d").is(2000000000001L);

        redis.pass(1);
        redis.run("GET d").isNil();
        redis.run("GET c").is("v");
        redis.run("SET a w KEEPTTL").is(OK);
        redis.run("PTTL a").is(9999);
        redis.run("SET a w").is(OK);
        redis.run("TTL a").is(-1);
        redis.run("SET a w EXAT 1").is(OK);
        redis.run("EXISTS a").is(0);
    }

    @Test
    void setRefusesExpiriesThatCannotBe() {
        String invalid = "ERR invalid expire time in 'set' command";
        redis.run("SET k v EX 0").fails(invalid);
        redis.run("SET k v PX -1").fails(invalid);
        redis.run("SET k v EXAT 9223372036854775807").fails(invalid);
        redis.run("SET k v PX 9223372036854775807").fails(invalid);
        redis.run("SET k v EX ten").failsWith(Errors.NOT_AN_INTEGER);
        redis.run("SET k v EX").failsWith(Errors.SYNTAX);
        redis.run("SET k v EX 1 PX 1").failsWith(Errors.SYNTAX);
        redis.run("SET k v KEEPTTL EX 1").failsWith(Errors.SYNTAX);
        redis.run("SET k v PERSIST").failsWith(Errors.SYNTAX);
        redis.run("EXISTS k").is(0);
        redis.run("SETEX k 0 v").fails("ERR invalid expire time in 'setex' command");
        redis.run("PSETEX k 0 v").fails("ERR invalid expire time in 'psetex' command");
    }

    @Test
    void theLastOfTwoExpiriesOfTheSameKindCounts() {
        redis.run("SET k v EX 10 EX 20").is(OK);
        redis.run("TTL k").is(20);
    }

    @Test
    void getexLooksAtItsNumberOnlyWhenThereIsAString() {
        redis.run("GETEX none EX ten").isNil();
        redis.run("SET k v").is(OK);
        redis.run("GETEX k EX ten").failsWith(Errors.NOT_AN_INTEGER);
        redis.run("GETEX k EX 0").fails("ERR invalid expire time in 'getex' command");
        redis.run("GETEX k EX 10").is("v");
        redis.run("TTL k").is(10);
        redis.run("GETEX k").is("v");
        redis.run("TTL k").is(10);
        redis.run("GETEX k PERSIST").is("v");
        redis.run("TTL k").is(-1);
        redis.run("GETEX k PXAT 1").is("v");
        redis.run("EXISTS k").is(0);
    }

    @Test
    void theOldWaysToSetAndGetWork() {
        redis.run("SETNX k a").is(1);
        redis.run("SETNX k b").is(0);
        redis.run("GETSET k c").is("a");
        redis.run("GETSET none c").isNil();
        redis.run("SETEX k 5 d").is(OK);
        redis.run("TTL k").is(5);
        redis.run("GETSET k e").is("d");
        redis.run("TTL k").is(-1);
        redis.run("GETDEL k").is("e");
        redis.run("GETDEL k").isNil();
    }

    @Test
    void msetSetsAllAndMsetnxAllOrNothing() {
        redis.run("MSET a 1 b 2 a 3").is(OK);
        redis.run("MGET a b c").isArray("3", "2", NONE);
        redis.run("MSETNX c 1 a 1").is(0);
        redis.run("EXISTS c").is(0);
        redis.run("MSETNX c 1 d 1").is(1);
        redis.run("MSET a 1 b").fails("ERR wrong number of arguments for 'mset' command");
        redis.run("MSETNX a 1 b").fails("ERR wrong number of arguments for 'msetnx' command");
    }

    @Test
    void numbersCountUpToTheirLimits() {
        redis.run("INCR n").is(1);
        redis.run("DECRBY n 3").is(-2);
        redis.run("SET n 9223372036854775806").is(OK);
        redis.run("INCR n").is(Long.MAX_VALUE);
        redis.run("INCR n").failsWith(Errors.OVERFLOW);
        redis.run("SET n -9223372036854775808").is(OK);
        redis.run("DECR n").failsWith(Errors.OVERFLOW);
        redis.run("DECRBY n -9223372036854775808").fails("ERR decrement would overflow");
        redis.run("INCRBY n 9223372036854775808").failsWith(Errors.NOT_AN_INTEGER);
        redis.run("SET n ' 1'").is(OK);
        redis.run("INCR n").failsWith(Errors.NOT_AN_INTEGER);
    }

    @Test
    void countingKeepsTheExpiry() {
        redis.run("SET n 1 EX 10").is(OK);
        redis.run("INCR n").is(2);
        redis.run("INCRBYFLOAT n 0.5").is("2.5");
        redis.run("APPEND n 1").is(4);
        redis.run("SETRANGE n 0 3").is(4);
        redis.run("GET n").is("3.51");
        redis.run("TTL n").is(10);
    }

    @Test
    void floatsComeOutAsRedisWritesThem() {
        redis.run("SET f 10.50").is(OK);
        redis.run("INCRBYFLOAT f 0.1").is("10.6");
        redis.run("INCRBYFLOAT f -5.6").is("5");
        redis.run("SET f 5.0e3").is(OK);
        redis.run("INCRBYFLOAT f 2.0e2").is("5200");
        redis.run("INCRBYFLOAT f ten").failsWith(Errors.NOT_A_FLOAT);
        redis.run("INCRBYFLOAT f inf").fails("ERR increment would produce NaN or Infinity");
    }

    @Test
    void rangesReadAndWriteWithinAString() {
        redis.run("SET k 'Hello World'").is(OK);
        redis.run("GETRANGE k 0 4").is("Hello");
        redis.run("GETRANGE k -5 -1").is("World");
        redis.run("GETRANGE k -1 -5").is("");
        redis.run("GETRANGE k 6 9223372036854775807").is("World");
        redis.run("GETRANGE k -9223372036854775808 0").is("H");
        redis.run("SUBSTR k 20 30").is("");
        redis.run("SETRANGE k 6 Redis").is(11);
        redis.run("GET k").is("Hello Redis");
        redis.run("SETRANGE pad 3 x").is(4);
        redis.run("GET pad").is("\0\0\0x");
        redis.run("SETRANGE none 3 ''").is(0);
        redis.run("EXISTS none").is(0);
        redis.run("SETRANGE k -1 x").fails("ERR offset is out of range");
        redis.run("STRLEN k").is(11);
    }

    @Test
    void noStringGrowsBeyondTheLimit() {
        int limit = (int) StringValue.BYTES_MAX;
        redis.run("SETRANGE k " + limit + " x").failsWith(Errors.TOO_LONG);
        redis.run("SETRANGE k 536870912 x").failsWith(Errors.TOO_LONG);
        redis.run("SETRANGE k 9223372036854775807 x").failsWith(Errors.TOO_LONG);
        redis.run("EXISTS k").is(0);

        redis.run("SETRANGE k " + (limit - 1) + " x").is(limit);
        redis.run("APPEND k x").failsWith(Errors.TOO_LONG);
        redis.run("SETRANGE k " + (limit - 1) + " xy").failsWith(Errors.TOO_LONG);
        redis.run("SETRANGE k " + (limit - 2) + " yz").is(limit);
        redis.run("GETRANGE k -3 -1").is("\0yz");
    }

    @Test
    void setrangeBehindTheEndOfALongStringFillsWithZeros() {
        String text = "x".repeat(5_000);
        redis.run("SET k " + text).is(OK);
        var before = redis.run("GET k");

        redis.run("SETRANGE k 5003 end").is(5_006);
        redis.run("APPEND k !").is(5_007);
        redis.run("SETRANGE k 5006 ?").is(5_007);

        redis.run("GET k").is(text + "\0\0\0end?");
        redis.run("EXPIRE k 10").is(1);
        redis.run("SETRANGE k 6000 y").is(6_001);
        redis.run("TTL k").is(10);
        assertThat(before.text()).isEqualTo(text);
    }

    @Test
    void lcsTellsWhatTwoStringsHaveInCommon() {
        redis.run("MSET a ohmytext b mynewtext").is(OK);
        redis.run("LCS a b").is("mytext");
        redis.run("LCS a b LEN").is(6);
        redis.run("LCS a b IDX")
                .isPairs(
                        "matches",
                        List.of(List.of(List.of(4, 7), List.of(5, 8)), List.of(List.of(2, 3), List.of(0, 1))),
                        "len",
                        6);
        redis.run("LCS a b IDX MINMATCHLEN 4 WITHMATCHLEN")
                .isPairs("matches", List.of(List.of(List.of(4, 7), List.of(5, 8), 4)), "len", 6);
        redis.run("LCS a none").is("");
        redis.run("LCS a b IDX LEN").fails("ERR If you want both the length and indexes, please just use IDX.");
    }

    @Test
    void lcsRefusesWhatWouldTakeTooLong() {
        redis.run("SETRANGE a 99999 x").is(100_000);
        redis.run("SETRANGE b 99999 x").is(100_000);
        redis.run("LCS a b LEN").fails("ERR Insufficient memory, failed allocating transient memory for LCS");
    }

    @Test
    void aReplyStaysAsItWasWhenTheStringGoesOn() {
        redis.run("SET k old").is(OK);
        var before = redis.run("GET k");

        redis.run("APPEND k er").is(5);
        redis.run("SETRANGE k 0 N").is(5);

        assertThat(before.text()).isEqualTo("old");
        redis.run("GET k").is("Nlder");
    }
}
