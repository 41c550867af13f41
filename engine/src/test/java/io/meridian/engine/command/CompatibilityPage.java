// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders docs/compatibility.md from the command table, Unsupported and the notes on what differs. */
final class CompatibilityPage {
    /** Those with a setting are compared with its default by ConfigurationPageTest. */
    private static final String LIMITS = """

        ## Limits

        Where Redis has a higher limit or none, more than this is refused with an error and has no effect. Only a write whose reply
        is too long was applied, as its error says: `UNKNOWN applied, but …`. [configuration.md](configuration.md) has the settings.

        | what | at most | setting |
        |---|---|---|
        | a key | 32 KiB | `limits.key-bytes` |
        | a command, all its words together; over RESP a longer one also ends the connection | 10 MiB | `limits.request-bytes` |
        | the words of a command; more also end the connection | 1,048,576 |  |
        | a string | 64 MiB |  |
        | a reply, all its strings together | 10 MiB | `limits.reply-bytes` |
        | the items of a reply, where the notes below say so | 1,048,576 |  |
        | the commands of a transaction | 10,000 | `limits.pipeline-commands` |
        | the bytes of a transaction, its watched keys among them | 64 MiB | `limits.http-body-bytes`, up to 70 MiB of it |
        | watched keys | 10,000 | `limits.pipeline-commands` |
        | replies that a client leaves unread; with more, or with any once it has ended its side or sent QUIT, it is disconnected when it has read nothing for 10 s. From 1 MiB on none of its commands is taken until it reads, so that only the replies to those taken before can come to more: most clients that do not read wait, and stay connected. Before it has authenticated, a client is disconnected with 32 KiB unread, at once | 64 MiB | `limits.output-bytes-per-connection` |

        While the leader's heap is nearly full, commands that take memory are refused with `OOM`, see [operations.md](operations.md).
        """;

    private CompatibilityPage() {}

    /** Takes notes by command name. */
    static String render(Map<String, String> notes) {
        StringBuilder page = new StringBuilder("""
            # Compatibility with Redis 7.4

            <!-- Written by CompatibilityPageTest from the command table: change that, then run
                 mvn -pl engine -am test -Dtest=CompatibilityPageTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update -->

            Arity, flags, keys and ACL categories of every row are compared with what redis-server 7.0.15 says of it, and so
            are answers: of reads and writes on random commands, of local commands line by line. *Since* is the Redis version
            that brought it. *Kind* says where it runs: a `read` on the nearest replica that is fresh enough, a `write` once
            on every replica in the order of the log, a `local` command on the node that the client is connected to.

            """);
        long rows = CommandTable.REDIS.commands().stream()
                .filter(command ->
                        !command.spec().isContainer() || command.spec().accepts(1))
                .count();
        page.append("There are ")
                .append(rows)
                .append(" commands and subcommands.\n")
                .append(LIMITS);
        for (Family family : Family.values()) {
            family(page, family, notes);
        }
        unsupported(page, "Not yet", true);
        unsupported(page, "Never", false);
        return page.toString();
    }

    private static void family(StringBuilder page, Family family, Map<String, String> notes) {
        List<Command> rows = CommandTable.REDIS.commands().stream()
                .filter(command -> command.spec().family() == family)
                .filter(command ->
                        !command.spec().isContainer() || command.spec().accepts(1))
                .toList();
        if (rows.isEmpty()) {
            return;
        }
        String group = family.group();
        page.append("\n## ")
                .append(group.substring(0, 1).toUpperCase(Locale.ROOT))
                .append(group.substring(1))
                .append("\n\n| command | since | kind | notes |\n|---|---|---|---|\n");
        for (Command command : rows) {
            Spec spec = command.spec();
            page.append("| ")
                    .append(spec.name().replace('|', ' '))
                    .append(" | ")
                    .append(spec.since())
                    .append(" | ")
                    .append(kind(command))
                    .append(" | ")
                    .append(notes.getOrDefault(spec.name(), ""))
                    .append(" |\n");
        }
    }

    private static String kind(Command command) {
        return switch (command) {
            case Command.Read _ -> "read";
            case Command.Write _ -> "write";
            case Command.Local _ -> "local";
        };
    }

    private static void unsupported(StringBuilder page, String title, boolean planned) {
        page.append("\n## ").append(title).append("\n\n| commands | why |\n|---|---|\n");
        for (Unsupported.Group group : Unsupported.GROUPS) {
            if (group.planned() == planned) {
                String names = group.names().stream()
                        .map(name -> name.replace('|', ' '))
                        .collect(Collectors.joining(", "));
                page.append("| ")
                        .append(names)
                        .append(" | ")
                        .append(group.reason())
                        .append(" |\n");
            }
        }
    }
}
