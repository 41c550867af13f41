// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static io.meridian.engine.Reply.EMPTY_ARRAY;
import static io.meridian.engine.Reply.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Bytes;
import io.meridian.engine.Reply;
import io.meridian.engine.testing.RedisCli;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashCommandsTest {
    private static final String TOO_MANY_ITEMS =
            "ERR the reply would have more than 1048576 items: ask for less at a time";

    private final RedisCli redis = new RedisCli();

    @Test
    void hsetCountsNewFieldsOnly() {
        redis.run("HSET h a 1 b 2 a 3").is(2);
        redis.run("HSET h b 4 c 5").is(1);
        redis.run("HGETALL h").isPairs("a", "3", "b", "4", "c", "5");
        redis.run("HGET h b").is("4");
        redis.run("HGET h z").isNil();
        redis.run("HGET none a").isNil();
    }

    @Test
    void hmsetAnswersOk() {
        redis.run("HMSET h a 1 b 2").is(OK);
        redis.run("HMGET h b z a").isArray("2", Optional.empty(), "1");
        redis.run("HMGET none a b").isArray(Optional.empty(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"HSET", "HMSET"})
    void fieldsWithoutValueAreRefused(String name) {
        redis.run(name + " h a 1 b")
                .fails("ERR wrong number of arguments for '" + name.toLowerCase(Locale.ROOT) + "' command");
        redis.run(name + " h a")
                .fails("ERR wrong number of arguments for '" + name.toLowerCase(Locale.ROOT) + "' command");
        redis.run("HLEN h").is(0);
    }

    @Test
    void hsetnxKeepsTheOldValue() {
        redis.run("HSETNX h a 1").is(1);
        redis.run("HSETNX h a 2").is(0);
        redis.run("HSETNX h b 2").is(1);
        redis.run("HGETALL h").isPairs("a", "1", "b", "2");
    }

    @Test
    void hdelOfTheLastFieldRemovesTheKey() {
        redis.run("HSET h a 1 b 2 c 3");
        redis.run("HDEL h a z a").is(1);
        redis.run("HDEL h b c").is(2);
        redis.run("HDEL h b").is(0);
        redis.run("HLEN h").is(0);
        redis.run("HSETNX h a 1").is(1);
    }

    @Test
    void hdelKeepsTheOrderOfASmallHash() {
        redis.run("HSET h a 1 b 2 c 3 d 4");
        redis.run("HDEL h b").is(1);
        redis.run("HKEYS h").isArray("a", "c", "d");
        redis.run("HVALS h").isArray("1", "3", "4");
        redis.run("HKEYS none").is(EMPTY_ARRAY);
        redis.run("HVALS none").is(EMPTY_ARRAY);
        redis.run("HGETALL none").isPairs();
    }

    @Test
    void sizesAndPresenceAreTold() {
        redis.run("HSET h a 1 b '' c four");
        redis.run("HLEN h").is(3);
        redis.run("HEXISTS h b").is(1);
        redis.run("HEXISTS h z").is(0);
        redis.run("HEXISTS none z").is(0);
        redis.run("HSTRLEN h c").is(4);
        redis.run("HSTRLEN h b").is(0);
        redis.run("HSTRLEN h z").is(0);
        redis.run("HSTRLEN none z").is(0);
    }

    @Test
    void hincrbyCountsWithinSixtyFourBits() {
        redis.run("HINCRBY h n 5").is(5);
        redis.run("HINCRBY h n -7").is(-2);
        redis.run("HSET h max 9223372036854775807 min -9223372036854775808 text abc space ' 1'");
        redis.run("HINCRBY h max 1").fails("ERR increment or decrement would overflow");
        redis.run("HINCRBY h min -1").fails("ERR increment or decrement would overflow");
        redis.run("HINCRBY h max -1").is(9223372036854775806L);
        redis.run("HINCRBY h text 1").fails("ERR hash value is not an integer");
        redis.run("HINCRBY h space 1").fails("ERR hash value is not an integer");
        redis.run("HINCRBY h n 1.5").fails("ERR value is not an integer or out of range");
        redis.run("HGET h n").is("-2");
    }

    @Test
    void hincrbyfloatAddsDecimals() {
        redis.run("HINCRBYFLOAT h n 10.5").is("10.5");
        redis.run("HINCRBYFLOAT h n 0.1").is("10.6");
        redis.run("HINCRBYFLOAT h n -10.6").is("0");
        redis.run("HINCRBYFLOAT h n 5.0e3").is("5000");
        redis.run("HGET h n").is("5000");
        redis.run("HSET h text abc inf inf empty ''");
        redis.run("HINCRBYFLOAT h text 1").fails("ERR hash value is not a float");
        redis.run("HINCRBYFLOAT h empty 1").fails("ERR hash value is not a float");
        redis.run("HINCRBYFLOAT h inf 1").fails("ERR increment would produce NaN or Infinity");
        redis.run("HINCRBYFLOAT h n abc").fails("ERR value is not a valid float");
        redis.run("HINCRBYFLOAT h n nan").fails("ERR value is not a valid float");
        redis.run("HINCRBYFLOAT h n -inf").fails("ERR value is NaN or Infinity");
    }

    @Test
    void aSumWithMoreDigitsThanAListpackTakesMakesAHashtable() {
        redis.run("HINCRBYFLOAT h n 1e70");
        redis.run("HSTRLEN h n").is(71);
        redis.run("OBJECT ENCODING h").is("hashtable");
        redis.run("HINCRBYFLOAT h n -1e70").is("0");
    }

    @Test
    void hrandfieldPicksFieldsOfTheHash() {
        redis.run("HRANDFIELD none").isNil();
        redis.run("HRANDFIELD none 3").is(EMPTY_ARRAY);
        redis.run("HSET h a 1 b 2 c 3");

        assertThat(redis.run("HRANDFIELD h").text()).isIn("a", "b", "c");
        redis.run("HRANDFIELD h 0").is(EMPTY_ARRAY);
        redis.run("HRANDFIELD h 3").isAnyOrder("a", "b", "c");
        redis.run("HRANDFIELD h 9223372036854775807").isAnyOrder("a", "b", "c");
        redis.run("HRANDFIELD h 5 WITHVALUES").is(new Reply.Tuples(bulks("a", "1", "b", "2", "c", "3")));
        assertThat(redis.run("HRANDFIELD h 2").items()).hasSize(2).doesNotHaveDuplicates();
        assertThat(redis.run("HRANDFIELD h -20").items())
                .hasSize(20)
                .isSubsetOf(bulks("a", "b", "c"))
                .hasSizeGreaterThan(1);
        assertThat(redis.run("HRANDFIELD h -5 withvalues").items()).hasSize(10);
    }

    @Test
    void hrandfieldPicksEveryFieldSooner() {
        redis.run("HSET h a 1 b 2 c 3");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(redis.run("HRANDFIELD h").text());
        }
        assertThat(seen).containsExactlyInAnyOrder("a", "b", "c");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        h 9223372036854775808 | ERR value is not an integer or out of range
        s x WITHVALUES | ERR value is not an integer or out of range
        h -9223372036854775808 | ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807
        h 9223372036854775807 WITHVALUES | ERR value is out of range
        none -9223372036854775807 WITHVALUES | ERR value is out of range
        h 1 VALUES | ERR syntax error
        h 1 WITHVALUES x | ERR syntax error
        s 1 | WRONGTYPE Operation against a key holding the wrong kind of value
        h -524289 | ERR value is out of range
        """)
    void hrandfieldRefusesBadCounts(String rest, String error) {
        redis.run("HSET h a 1");
        redis.run("SET s x");
        redis.run("HRANDFIELD " + rest).fails(error);
        assertThat(redis.run("HRANDFIELD h -524288").items()).hasSize(HashCommands.PICKS_MAX);
    }

    /** A field and its value are two items of a reply, which has 1,048,576 at most. */
    @Test
    void fieldsWithValuesAreRefusedBeyondTheItemsOfAReply() {
        int max = Reply.ITEMS_MAX / 2;
        addFields(0, max - 1);
        assertThat(redis.run("HGETALL h").items().size()).isEqualTo(Reply.ITEMS_MAX - 2);
        assertThat(redis.run("HRANDFIELD h 600000 WITHVALUES").items().size()).isEqualTo(Reply.ITEMS_MAX - 2);
        addFields(max - 1, max);
        assertThat(redis.run("HGETALL h").items().size()).isEqualTo(Reply.ITEMS_MAX);
        assertThat(redis.run("HRANDFIELD h 600000 WITHVALUES").items().size()).isEqualTo(Reply.ITEMS_MAX);
        addFields(max, max + 1);

        redis.run("HGETALL h").fails(TOO_MANY_ITEMS);
        redis.run("HRANDFIELD h 600000 WITHVALUES").fails(TOO_MANY_ITEMS);
        redis.run("HRANDFIELD h " + (max + 1) + " WITHVALUES").fails(TOO_MANY_ITEMS);
        for (String line : List.of("HRANDFIELD h " + max + " WITHVALUES", "HRANDFIELD h -" + max + " WITHVALUES")) {
            assertThat(redis.run(line).items().size()).as(line).isEqualTo(Reply.ITEMS_MAX);
        }
        for (String line : List.of("HRANDFIELD h 600000", "HKEYS h", "HVALS h")) {
            assertThat(redis.run(line).items().size()).as(line).isEqualTo(max + 1);
        }
    }

    private void addFields(int from, int to) {
        List<Bytes> words = new ArrayList<>(List.of(Bytes.of("HSET"), Bytes.of("h")));
        for (int i = from; i < to; i++) {
            words.add(Bytes.of(Integer.toString(i)));
            words.add(Bytes.of("v"));
        }
        assertThat(redis.reply(words)).isEqualTo(new Reply.Int(to - from));
    }

    @Test
    void hscanShowsASmallHashAtOnce() {
        redis.run("HSET h apple 1 banana 2 avocado 3 '' 4");
        redis.run("HSCAN h 0 COUNT 1").isArray("0", List.of("apple", "1", "banana", "2", "avocado", "3", "", "4"));
        redis.run("HSCAN h 0 MATCH a*").isArray("0", List.of("apple", "1", "avocado", "3"));
        redis.run("HSCAN h 0 match x* count 5 MATCH b*").isArray("0", List.of("banana", "2"));
        redis.run("HSCAN h 0 MATCH *").isArray("0", List.of("apple", "1", "banana", "2", "avocado", "3", "", "4"));
        redis.run("HSCAN none 0").isArray("0", List.of());
    }

    /** Redis 7.4 brought the option, so that no differential test knows it. */
    @Test
    void hscanWithoutValuesShowsFieldsOnly() {
        redis.run("HSET h apple 1 banana 2 avocado 3 NOVALUES 4");
        redis.run("HSCAN h 0 NOVALUES").isArray("0", List.of("apple", "banana", "avocado", "NOVALUES"));
        redis.run("HSCAN h 0 novalues MATCH a* COUNT 5").isArray("0", List.of("apple", "avocado"));
        redis.run("HSCAN h 0 MATCH a* NOVALUES COUNT 5 NOVALUES").isArray("0", List.of("apple", "avocado"));
        redis.run("HSCAN h 0 MATCH NOVALUES").isArray("0", List.of("NOVALUES", "4"));
        redis.run("HSCAN none 0 NOVALUES").isArray("0", List.of());
    }

    @Test
    void hscanWithoutValuesWalksALargeHash() {
        for (int i = 0; i < 600; i++) {
            redis.run("HSET h f" + i + " " + i);
        }
        List<Reply> first = redis.run("HSCAN h 0 COUNT 100 NOVALUES").items();
        Reply.Bulk cursor = (Reply.Bulk) first.getFirst();

        assertThat(((Reply.Array) first.getLast()).items())
                .hasSize(100)
                .allSatisfy(item ->
                        assertThat(((Reply.Bulk) item).bytes().toString()).startsWith("f"));
        assertThat(((Reply.Array) redis.run("HSCAN h " + cursor.bytes() + " COUNT 1000 NOVALUES")
                                .items()
                                .getLast())
                        .items())
                .hasSize(500)
                .doesNotContainAnyElementsOf(((Reply.Array) first.getLast()).items());
    }

    @Test
    void hscanWalksALargeHash() {
        for (int i = 0; i < 1_000; i++) {
            redis.run("HSET h f" + i + " " + i);
        }
        Set<String> seen = new HashSet<>();
        String cursor = "0";
        int steps = 0;
        do {
            List<Reply> reply = redis.run("HSCAN h " + cursor + " COUNT 100").items();
            List<Reply> items = ((Reply.Array) reply.get(1)).items();
            assertThat(items).hasSize(200);
            for (int i = 0; i < items.size(); i += 2) {
                seen.add(((Reply.Bulk) items.get(i)).bytes().toString());
            }
            cursor = ((Reply.Bulk) reply.getFirst()).bytes().toString();
            steps++;
        } while (!cursor.equals("0"));
        assertThat(seen).hasSize(1_000);
        assertThat(steps).isEqualTo(10);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        s x | ERR invalid cursor
        h 1x | ERR invalid cursor
        h ' 1' | ERR invalid cursor
        h - | ERR invalid cursor
        h 18446744073709551616 | ERR invalid cursor
        s 0 COUNT 0 | WRONGTYPE Operation against a key holding the wrong kind of value
        h 0 MATCH | ERR syntax error
        h 0 COUNT 0 | ERR syntax error
        h 0 COUNT -1 | ERR syntax error
        h 0 COUNT x | ERR value is not an integer or out of range
        h 0 TYPE hash | ERR syntax error
        h 0 NOVALUES 1 | ERR syntax error
        h 0 NOVALUES COUNT | ERR syntax error
        s 0 NOVALUES | WRONGTYPE Operation against a key holding the wrong kind of value
        h 0 what ever | ERR syntax error
        """)
    void hscanRefusesBadCursorsAndOptions(String rest, String error) {
        redis.run("HSET h a 1");
        redis.run("SET s x");
        redis.run("HSCAN " + rest).fails(error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none 0 what ever", "none 5", "h ''", "h -1", "h +7", "h 18446744073709551615"})
    void hscanTakesWhatRedisTakes(String rest) {
        redis.run("HSET h a 1");
        assertThat(redis.run("HSCAN " + rest).items().getFirst()).isEqualTo(Reply.Bulk.of("0"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HDEL s a",
                "HEXISTS s a",
                "HGET s a",
                "HGETALL s",
                "HINCRBY s a 1",
                "HINCRBYFLOAT s a 1",
                "HKEYS s",
                "HLEN s",
                "HMGET s a",
                "HMSET s a b",
                "HRANDFIELD s",
                "HRANDFIELD s 1",
                "HSCAN s 0",
                "HSET s a b",
                "HSETNX s a b",
                "HSTRLEN s a",
                "HVALS s"
            })
    void aKeyOfAnotherTypeIsRefused(String line) {
        redis.run("SET s x");
        redis.run(line).failsWithWrongType();
        redis.run("GET s").is("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HDEL h",
                "HEXISTS h",
                "HGET h",
                "HGETALL",
                "HINCRBY h a",
                "HINCRBYFLOAT h a",
                "HKEYS",
                "HLEN",
                "HMGET h",
                "HRANDFIELD",
                "HSCAN h",
                "HSETNX h a",
                "HSTRLEN h",
                "HVALS"
            })
    void tooFewWordsAreRefused(String line) {
        String name = line.replaceFirst(" .*", "").toLowerCase(Locale.ROOT);
        redis.run(line).fails("ERR wrong number of arguments for '" + name + "' command");
    }

    private static List<Reply> bulks(String... texts) {
        return Arrays.stream(texts).<Reply>map(Reply.Bulk::of).toList();
    }
}
