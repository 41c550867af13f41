// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.engine.Args;
import io.meridian.engine.CommandException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts are what redis-server 7.0.15 answers to the same lines. */
class CommandTableTest {
    private final CommandTable table = CommandTable.REDIS;

    @Test
    void commandsAreFoundInAnyCase() {
        assertThat(name("get", "k")).isEqualTo("GET");
        assertThat(name("Client", "liST")).isEqualTo("CLIENT|LIST");
        assertThat(name("command")).isEqualTo("COMMAND");
    }

    @Test
    void arityIsOfTheSubcommandWhereThereIsOne() {
        refuses("wrong number of arguments for 'get' command", "get");
        refuses("wrong number of arguments for 'get' command", "GET", "a", "b");
        refuses("wrong number of arguments for 'client' command", "Client");
        refuses("wrong number of arguments for 'client|id' command", "CLIENT", "id", "a");
        refuses("wrong number of arguments for 'command|count' command", "COMMAND", "count", "1");
    }

    @Test
    void anUnknownSubcommandNamesItsContainer() {
        refuses("unknown subcommand 'nosuch'. Try CLIENT HELP.", "client", "nosuch", "a");
        refuses("unknown subcommand ''. Try CLIENT HELP.", "client", "");
        refuses("unknown subcommand 'a  b'. Try CLIENT HELP.", "CLIENT", "a\r\nb\0c\n");
        refuses("unknown subcommand '" + "x".repeat(128) + "'. Try CLIENT HELP.", "cLIENT", "x".repeat(200));
        refuses("unknown subcommand 'kill|x'. Try CLIENT HELP.", "client", "kill|x");
    }

    @Test
    void anUnknownCommandIsQuotedWithItsFirstArgs() {
        refuses("unknown command 'NOSUCH', with args beginning with: ", "NOSUCH");
        refuses("unknown command 'nosuch', with args beginning with: 'a' 'b' ", "nosuch", "a", "b");
        refuses("unknown command '', with args beginning with: ", "");
        refuses("unknown command 'f', with args beginning with: 'a' ", "f\0oo", "a");
        refuses("unknown command 'fo  o  ', with args beginning with: ", "fo\r\no\r\n");
        refuses("unknown command 'foo', with args beginning with: 'a  b' 'd' ", "foo", "a\r\nb\0c", "d");
    }

    @Test
    void namesOfSubcommandsAreNoCommands() {
        refuses("unknown command 'client|id', with args beginning with: ", "client|id");
        refuses("unknown command 'client|id', with args beginning with: 'x' ", "client|id", "x");
        refuses("unknown command 'get|x', with args beginning with: ", "get|x");
    }

    @Test
    void whatIsQuotedIsCut() {
        refuses("unknown command '" + "n".repeat(128) + "', with args beginning with: 'b' ", "n".repeat(200), "b");
        refuses(
                "unknown command 'foo', with args beginning with: '" + "a".repeat(100) + "' '" + "b".repeat(25) + "' ",
                "foo",
                "a".repeat(100),
                "b".repeat(100),
                "c".repeat(50));
        String[] empties = new String[61];
        java.util.Arrays.fill(empties, "");
        empties[0] = "foo";
        refuses("unknown command 'foo', with args beginning with: " + "'' ".repeat(43), empties);
        // 64 letters of two bytes each fill the 128 bytes.
        refuses("unknown command 'foo', with args beginning with: '" + "é".repeat(64) + "' ", "foo", "é".repeat(70));
    }

    @Test
    void twoRowsOfOneNameAreRefused() {
        List<Command> rows = List.of(StringCommands.ALL.getFirst(), StringCommands.ALL.getFirst());

        assertThatThrownBy(() -> new CommandTable(rows)).isInstanceOf(IllegalArgumentException.class);
    }

    private String name(String... words) {
        return table.require(Args.of(words)).spec().name();
    }

    private void refuses(String error, String... words) {
        assertThatThrownBy(() -> table.require(Args.of(words)))
                .isInstanceOf(CommandException.class)
                .hasMessage("ERR " + error);
    }
}
