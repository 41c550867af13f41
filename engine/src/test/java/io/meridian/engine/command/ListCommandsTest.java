// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.EMPTY_ARRAY;
import static io.meridian.engine.Reply.NIL_ARRAY;
import static io.meridian.engine.Reply.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.testing.RedisCli;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListCommandsTest {
    private final RedisCli redis = new RedisCli();

    @BeforeEach
    void someKeys() {
        redis.run("RPUSH l a b c a b a");
        redis.run("SET s x");
    }

    @Test
    void pushesGoToTheirEnd() {
        redis.run("RPUSH k a b").is(2);
        redis.run("LPUSH k c d").is(4);
        redis.run("LRANGE k 0 -1").isArray("d", "c", "a", "b");
        redis.run("LLEN k").is(4);
        redis.run("LLEN none").is(0);
    }

    @Test
    void pushxNeedsTheKey() {
        redis.run("LPUSHX none a").is(0);
        redis.run("RPUSHX none a").is(0);
        redis.run("LLEN none").is(0);
        redis.run("LPUSHX l x y").is(8);
        redis.run("RPUSHX l z").is(9);
        redis.run("LRANGE l 0 1").isArray("y", "x");
        redis.run("LINDEX l -1").is("z");
    }

    @Test
    void popsTakeFromTheirEnd() {
        redis.run("LPOP l").is("a");
        redis.run("RPOP l 2").isArray("a", "b");
        redis.run("LPOP l 10").isArray("b", "c", "a");
        redis.run("LPOP l").isNil();
        redis.run("RPOP l 1").is(NIL_ARRAY);
        redis.run("LPUSHX l a").is(0);
    }

    @Test
    void popOfNoneIsAnEmptyArrayWhereThereIsAList() {
        redis.run("LPOP l 0").is(EMPTY_ARRAY);
        redis.run("RPOP none 0").is(NIL_ARRAY);
        redis.run("LLEN l").is(6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        LPOP l -1 | ERR value is out of range, must be positive
        RPOP s x | ERR value is out of range, must be positive
        LPOP s 1 | WRONGTYPE Operation against a key holding the wrong kind of value
        RPOP l 1 2 | ERR wrong number of arguments for 'rpop' command
        LRANGE s x 1 | ERR value is not an integer or out of range
        LTRIM l 0 x | ERR value is not an integer or out of range
        LREM s x a | ERR value is not an integer or out of range
        LINDEX l x | ERR value is not an integer or out of range
        LINDEX s x | WRONGTYPE Operation against a key holding the wrong kind of value
        LSET l x a | ERR value is not an integer or out of range
        LSET s x a | WRONGTYPE Operation against a key holding the wrong kind of value
        LSET none x a | ERR no such key
        LSET l 6 a | ERR index out of range
        LSET l -7 a | ERR index out of range
        LINSERT s BESIDE a b | ERR syntax error
        LMOVE s l LEFT UP | ERR syntax error
        """)
    void badArgumentsAreRefusedInRedisOrder(String line, String error) {
        redis.run(line).fails(error);
        redis.run("LRANGE l 0 -1").isArray("a", "b", "c", "a", "b", "a");
    }

    @Test
    void lindexCountsFromEitherEnd() {
        redis.run("LINDEX l 2").is("c");
        redis.run("LINDEX l -6").is("a");
        redis.run("LINDEX l 6").isNil();
        redis.run("LINDEX l -7").isNil();
        redis.run("LINDEX l 9223372036854775807").isNil();
        redis.run("LINDEX none what").isNil();
    }

    @Test
    void linsertFindsTheFirstPivot() {
        redis.run("LINSERT l BEFORE c x").is(7);
        redis.run("LINSERT l after a y").is(8);
        redis.run("LINSERT l before a z").is(9);
        redis.run("LRANGE l 0 -1").isArray("z", "a", "y", "b", "x", "c", "a", "b", "a");
        redis.run("LINSERT l BEFORE what x").is(-1);
        redis.run("LINSERT none BEFORE a x").is(0);
        redis.run("RPUSH one p");
        redis.run("LINSERT one AFTER p q").is(2);
        redis.run("LRANGE one 0 -1").isArray("p", "q");
    }

    @Test
    void lsetReplacesOneElement() {
        redis.run("LSET l 2 x").is(OK);
        redis.run("LSET l -1 y").is(OK);
        redis.run("LRANGE l 0 -1").isArray("a", "b", "x", "a", "b", "y");
    }

    @Test
    void lrangeIsCutToTheList() {
        redis.run("LRANGE l -100 100").isArray("a", "b", "c", "a", "b", "a");
        redis.run("LRANGE l -2 -1").isArray("b", "a");
        redis.run("LRANGE l 3 1").is(EMPTY_ARRAY);
        redis.run("LRANGE l 6 10").is(EMPTY_ARRAY);
        redis.run("LRANGE l 0 -7").is(EMPTY_ARRAY);
        redis.run("LRANGE l -9223372036854775808 9223372036854775807").isArray("a", "b", "c", "a", "b", "a");
        redis.run("LRANGE none 0 -1").is(EMPTY_ARRAY);
    }

    @Test
    void ltrimKeepsTheRange() {
        redis.run("LTRIM l 1 -2").is(OK);
        redis.run("LRANGE l 0 -1").isArray("b", "c", "a", "b");
        redis.run("LTRIM l -100 100").is(OK);
        redis.run("LLEN l").is(4);
        redis.run("LTRIM l 4 10").is(OK);
        redis.run("LPUSHX l a").is(0);
        redis.run("LTRIM none 0 1").is(OK);
    }

    @Test
    void lremGoesFromEitherEnd() {
        redis.run("LREM l 1 a").is(1);
        redis.run("LRANGE l 0 -1").isArray("b", "c", "a", "b", "a");
        redis.run("LREM l -1 b").is(1);
        redis.run("LRANGE l 0 -1").isArray("b", "c", "a", "a");
        redis.run("LREM l 0 a").is(2);
        redis.run("LREM l 0 what").is(0);
        redis.run("LREM l -9223372036854775808 b").is(1);
        redis.run("LREM l 5 c").is(1);
        redis.run("LPUSHX l a").is(0);
        redis.run("LREM none 0 a").is(0);
    }

    @Test
    void lposFindsByRankCountAndMaxlen() {
        redis.run("LPOS l a").is(0);
        redis.run("LPOS l a RANK 2").is(3);
        redis.run("LPOS l a RANK -1").is(5);
        redis.run("LPOS l a RANK 4").isNil();
        redis.run("LPOS l a COUNT 0").isArray(0, 3, 5);
        redis.run("LPOS l a COUNT 2 RANK -2").isArray(3, 0);
        redis.run("LPOS l b COUNT 5 MAXLEN 3").isArray(1);
        redis.run("LPOS l c MAXLEN 2").isNil();
        redis.run("LPOS l c MAXLEN 2 COUNT 1").is(EMPTY_ARRAY);
        redis.run("LPOS l a COUNT 1 COUNT 0 MAXLEN 0").isArray(0, 3, 5);
        redis.run("LPOS l a RANK -9223372036854775808").is(5);
        redis.run("LPOS l a RANK -9223372036854775808 COUNT 1").isArray(5, 3, 0);
        redis.run("LPOS l a RANK 9223372036854775807 COUNT 0").is(EMPTY_ARRAY);
        redis.run("LPOS none a").isNil();
        redis.run("LPOS none a COUNT 1").is(EMPTY_ARRAY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        none a RANK 0 | ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list
        s a RANK x | ERR value is not an integer or out of range
        s a COUNT -1 | ERR COUNT can't be negative
        s a COUNT x MAXLEN -1 | ERR COUNT can't be negative
        s a MAXLEN -1 | ERR MAXLEN can't be negative
        s a COUNT | ERR syntax error
        s a what 1 | ERR syntax error
        s a COUNT 1 | WRONGTYPE Operation against a key holding the wrong kind of value
        """)
    void lposRefusesBadOptions(String rest, String error) {
        redis.run("LPOS " + rest).fails(error);
    }

    @Test
    void lmoveMovesBetweenLists() {
        redis.run("LMOVE l other LEFT RIGHT").is("a");
        redis.run("LMOVE l other RIGHT LEFT").is("a");
        redis.run("LMOVE l other left left").is("b");
        redis.run("LRANGE other 0 -1").isArray("b", "a", "a");
        redis.run("LRANGE l 0 -1").isArray("c", "a", "b");
        redis.run("RPOPLPUSH l other").is("b");
        redis.run("LINDEX other 0").is("b");
        redis.run("LMOVE none other LEFT LEFT").isNil();
        redis.run("RPOPLPUSH none s").isNil();
        redis.run("RPOPLPUSH l s").failsWithWrongType();
        redis.run("LLEN l").is(2);
    }

    @Test
    void lmoveOnOneListRotatesIt() {
        redis.run("RPUSH k a b c");
        redis.run("LMOVE k k LEFT RIGHT").is("a");
        redis.run("RPOPLPUSH k k").is("a");
        redis.run("LMOVE k k LEFT LEFT").is("a");
        redis.run("LRANGE k 0 -1").isArray("a", "b", "c");
        redis.run("RPUSH single a");
        redis.run("RPOPLPUSH single single").is("a");
        redis.run("LLEN single").is(1);
    }

    @Test
    void lmoveOfTheLastElementRemovesTheKey() {
        redis.run("RPUSH k a");
        redis.run("RPOPLPUSH k other").is("a");
        redis.run("LPUSHX k a").is(0);
        redis.run("LRANGE other 0 -1").isArray("a");
    }

    @Test
    void lmpopTakesFromTheFirstListThereIs() {
        redis.run("LMPOP 2 none l LEFT").isArray("l", List.of("a"));
        redis.run("LMPOP 2 l none RIGHT COUNT 2").isArray("l", List.of("a", "b"));
        redis.run("LMPOP 1 l left count 100").isArray("l", List.of("b", "c", "a"));
        redis.run("LMPOP 2 l none LEFT").is(NIL_ARRAY);
        redis.run("LMPOP 2 none s LEFT").failsWithWrongType();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0 l LEFT | ERR numkeys should be greater than 0
        x l LEFT | ERR numkeys should be greater than 0
        2 l LEFT | ERR syntax error
        9223372036854775807 l LEFT | ERR syntax error
        1 l UP | ERR syntax error
        1 l LEFT COUNT | ERR syntax error
        1 l LEFT COUNT 0 | ERR count should be greater than 0
        1 l LEFT COUNT x y | ERR count should be greater than 0
        1 l LEFT COUNT 1 COUNT 1 | ERR syntax error
        1 l LEFT what 1 | ERR syntax error
        1 l | ERR wrong number of arguments for 'lmpop' command
        """)
    void lmpopRefusesBadArguments(String rest, String error) {
        redis.run("LMPOP " + rest).fails(error);
        redis.run("LLEN l").is(6);
    }

    @Test
    void lmpopTellsItsKeys() {
        List<Integer> keys = new ArrayList<>();
        Args args = Args.of("LMPOP", "2", "a", "b", "LEFT");
        CommandTable.REDIS.require(args).spec().forEachKey(args, keys::add);
        assertThat(keys).containsExactly(2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LINDEX s 0",
                "LINSERT s BEFORE a b",
                "LLEN s",
                "LMOVE s l LEFT LEFT",
                "LMOVE l s LEFT LEFT",
                "LMPOP 1 s LEFT",
                "LPOP s",
                "LPOS s a",
                "LPUSH s a",
                "LPUSHX s a",
                "LRANGE s 0 1",
                "LREM s 0 a",
                "LSET s 0 a",
                "LTRIM s 0 1",
                "RPOP s",
                "RPOPLPUSH s l",
                "RPOPLPUSH l s",
                "RPUSH s a",
                "RPUSHX s a"
            })
    void aKeyOfAnotherTypeIsRefused(String line) {
        redis.run(line).failsWithWrongType();
        redis.run("GET s").is("x");
        redis.run("LLEN l").is(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LINDEX l",
                "LINSERT l BEFORE a",
                "LLEN",
                "LMOVE l l LEFT",
                "LPOP",
                "LPOS l",
                "LPUSH l",
                "LPUSHX l",
                "LRANGE l 0",
                "LREM l 0",
                "LSET l 0",
                "LTRIM l 0",
                "RPOP",
                "RPOPLPUSH l",
                "RPUSH l",
                "RPUSHX l"
            })
    void tooFewWordsAreRefused(String line) {
        String name = line.replaceFirst(" .*", "").toLowerCase(Locale.ROOT);
        redis.run(line).fails("ERR wrong number of arguments for '" + name + "' command");
    }
}
