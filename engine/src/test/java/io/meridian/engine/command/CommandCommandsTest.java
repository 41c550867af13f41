// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Reply;
import io.meridian.engine.testing.FakeHost;
import io.meridian.engine.testing.FakeSession;
import io.meridian.engine.testing.RedisCli;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CommandCommandsTest {
    private final RedisCli redis = new RedisCli(new FakeSession(new FakeHost()));

    @Test
    void infoHasTenElements() {
        redis.run("COMMAND INFO get nosuch client|id foo|bar")
                .isArray(
                        new Reply.Array(List.of(
                                Reply.Bulk.of("get"),
                                new Reply.Int(2),
                                statuses("fast", "readonly"),
                                Reply.ONE,
                                Reply.ONE,
                                Reply.ONE,
                                statuses("@read", "@string", "@fast"),
                                statuses(),
                                new Reply.Members(List.of(pairs(
                                        "flags", statuses("RO", "access"),
                                        "begin_search", pairs("type", "index", "spec", pairs("index", 1)),
                                        "find_keys",
                                                pairs(
                                                        "type",
                                                        "range",
                                                        "spec",
                                                        pairs("lastkey", 0, "keystep", 1, "limit", 0))))),
                                statuses())),
                        Reply.NIL,
                        new Reply.Array(List.of(
                                Reply.Bulk.of("client|id"),
                                new Reply.Int(2),
                                statuses("noscript", "loading", "stale"),
                                Reply.ZERO,
                                Reply.ZERO,
                                Reply.ZERO,
                                statuses("@slow", "@connection"),
                                statuses(),
                                statuses(),
                                statuses())),
                        Reply.NIL);
    }

    @Test
    void aContainerHasItsSubcommandsInTheTenthElement() {
        Reply.Array client =
                (Reply.Array) redis.run("COMMAND INFO client").items().getFirst();
        Reply.Members subcommands = (Reply.Members) client.items().get(9);

        assertThat(subcommands.items())
                .map(sub -> ((Reply.Array) sub).items().getFirst())
                .contains(Reply.Bulk.of("client|id"), Reply.Bulk.of("client|list"));
    }

    @Test
    void commandAloneTellsOfAllButSubcommands() {
        long count = redis.run("COMMAND COUNT").number();

        assertThat(redis.run("COMMAND").items()).hasSize((int) count);
        assertThat(redis.run("COMMAND INFO").items()).hasSize((int) count);
        assertThat(count)
                .isEqualTo(CommandTable.REDIS.commands().stream()
                        .filter(command -> !command.spec().isSubcommand())
                        .count());
    }

    @Test
    void docsTellSummarySinceAndGroup() {
        redis.run("COMMAND DOCS get nosuch client|id")
                .isPairs(
                        "get",
                        pairs("summary", "The string that a key holds.", "since", "1.0.0", "group", "string"),
                        "client|id",
                        pairs("summary", "The connection's number.", "since", "5.0.0", "group", "connection"));
        redis.run("COMMAND DOCS nosuch").isPairs();
        assertThat(redis.run("COMMAND DOCS config").items().toString()).contains("subcommands", "config|get");
        assertThat(redis.run("COMMAND DOCS").items())
                .hasSize((int) (2 * redis.run("COMMAND COUNT").number()));
    }

    @Test
    void everyCommandHasASummary() {
        assertThat(CommandTable.REDIS.commands())
                .map(command -> command.spec().name())
                .as("each needs a line in command-summaries.txt")
                .isSubsetOf(CommandSummaries.all().keySet());
    }

    @Test
    void listFilters() {
        redis.run("COMMAND LIST FILTERBY PATTERN client|k*").isArray("client|kill");
        redis.run("COMMAND LIST FILTERBY aclcat TRANSACTION")
                .isAnyOrder("multi", "exec", "discard", "watch", "unwatch");
        redis.run("COMMAND LIST FILTERBY ACLCAT nosuch").isArray();
        redis.run("COMMAND LIST FILTERBY MODULE json").isArray();
        redis.run("COMMAND LIST foo").fails("ERR syntax error");
        redis.run("COMMAND LIST FILTERBY foo bar").fails("ERR syntax error");
        assertThat(redis.run("COMMAND LIST").items())
                .hasSize(CommandTable.REDIS.commands().size());
    }

    @Test
    void getKeysFindsKeysOfALine() {
        redis.run("COMMAND GETKEYS SET a b").isArray("a");
        redis.run("COMMAND GETKEYS watch a b").isArray("a", "b");
        redis.run("COMMAND GETKEYSANDFLAGS get a")
                .isArray(new Reply.Array(List.of(Reply.Bulk.of("a"), statuses("RO", "access"))));
        redis.run("COMMAND GETKEYSANDFLAGS set a b")
                .isArray(new Reply.Array(List.of(Reply.Bulk.of("a"), statuses("RW", "access", "update"))));
        redis.run("COMMAND GETKEYS nosuch a").fails("ERR Invalid command specified");
        redis.run("COMMAND GETKEYS client id").fails("ERR The command has no key arguments");
        redis.run("COMMAND GETKEYS set a").fails("ERR Invalid number of arguments specified for command");
        redis.run("COMMAND GETKEYS").fails("ERR wrong number of arguments for 'command|getkeys' command");
    }

    /** From Redis 7.2 on: 7.0 refused such a line for its length, before it looked at the command. */
    @Test
    void getKeysTakesACommandWithoutArguments() {
        for (String name : List.of("GETKEYS", "GETKEYSANDFLAGS")) {
            redis.run("COMMAND " + name + " get").fails("ERR Invalid number of arguments specified for command");
            redis.run("COMMAND " + name + " ping").fails("ERR The command has no key arguments");
            redis.run("COMMAND " + name + " nosuch").fails("ERR Invalid command specified");
        }
    }

    private static Reply statuses(String... words) {
        return new Reply.Members(Stream.of(words).<Reply>map(Reply.Status::new).toList());
    }

    private static Reply pairs(Object... keysAndValues) {
        return new Reply.Pairs(Stream.of(keysAndValues)
                .<Reply>map(word -> switch (word) {
                    case Reply reply -> reply;
                    case Integer number -> Reply.Int.of(number);
                    default -> Reply.Bulk.of(word.toString());
                })
                .toList());
    }
}
