// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.testing.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.engine.Args;
import io.meridian.engine.Bytes;
import io.meridian.engine.command.Command;
import io.meridian.engine.command.CommandTable;
import io.meridian.engine.command.Family;
import io.meridian.engine.command.Spec;
import io.meridian.engine.testing.CommandLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every command of the table is compared with a real Redis, or it is said here why not. */
class FamiliesTest {
    /** As many as one run of DifferentialTest. */
    private static final int LINES = 20_000;

    private static final String HELP = "the words of HELP are our own";
    private static final String CONNECTION = "RespDifferentialTest asks it over a socket";

    /** Commands that neither a generator nor local-lines.txt asks of Redis, and why. */
    private static final Map<String, String> ELSEWHERE = Map.ofEntries(
            Map.entry("CLIENT|HELP", HELP),
            Map.entry("COMMAND|HELP", HELP),
            Map.entry("CONFIG|HELP", HELP),
            Map.entry("MEMORY|HELP", HELP),
            Map.entry("OBJECT|HELP", HELP),
            Map.entry("DISCARD", CONNECTION),
            Map.entry("EXEC", CONNECTION),
            Map.entry("MULTI", CONNECTION),
            Map.entry("QUIT", CONNECTION),
            Map.entry("RESET", CONNECTION),
            Map.entry("UNWATCH", CONNECTION),
            Map.entry("WATCH", CONNECTION),
            Map.entry("CLIENT|ID", "each server has numbers of its own; ConnectionCommandsTest"),
            Map.entry("CLIENT|INFO", "each server has fields of its own; ConnectionCommandsTest"),
            Map.entry("CLIENT|NO-TOUCH", "Redis 7.0 does not have it; ConnectionCommandsTest"),
            Map.entry("CLIENT|SETINFO", "Redis 7.0 does not have it; ConnectionCommandsTest"),
            Map.entry("COMMAND", "Redis has more commands; CommandCommandsTest and CommandInfoGoldenTest"),
            Map.entry("COMMAND|COUNT", "Redis has more commands; CommandCommandsTest"),
            Map.entry("TIME", "each server has a clock of its own; ServerCommandsTest"));

    @Test
    void everyCommandIsAskedOfRedisOrNamedHere() throws IOException {
        Set<String> commands = commands();
        Set<String> asked = drawn(Families.ALL);
        asked.addAll(localLines());

        Set<String> missing = new TreeSet<>(commands);
        missing.removeAll(asked);
        missing.removeAll(ELSEWHERE.keySet());
        assertThat(missing)
                .as("drawn by no generator, in no line of local-lines.txt, and not named as tested elsewhere")
                .isEmpty();
        assertThat(ELSEWHERE.keySet())
                .as("named as tested elsewhere, although it is asked of Redis, or is no command")
                .isSubsetOf(commands)
                .doesNotContainAnyElementsOf(asked);
    }

    @Test
    void aFamilyWithoutItsGeneratorIsMissed() {
        assertThat(drawn(List.of(new KeyLines(), new StringLines())))
                .contains("LCS", "RPUSH", "OBJECT|FREQ")
                .doesNotContain("LPUSH", "OBJECT", "HGET");
    }

    /** All that a client may send, but for what Redis does not have. */
    private static Set<String> commands() {
        return CommandTable.REDIS.commands().stream()
                .map(Command::spec)
                .filter(spec -> spec.family() != Family.MERIDIAN)
                .filter(spec -> !spec.isContainer() || spec.accepts(1))
                .map(Spec::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> drawn(List<CommandGenerator> generators) {
        Draw draw = new Draw(1);
        Set<String> names = new TreeSet<>();
        for (int i = 0; i < LINES; i++) {
            addName(draw.oneOf(generators).next(draw), names);
        }
        return names;
    }

    private static Set<String> localLines() throws IOException {
        Set<String> names = new TreeSet<>();
        try (InputStream file = Objects.requireNonNull(
                FamiliesTest.class.getResourceAsStream("/io/meridian/engine/command/local-lines.txt"))) {
            new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(line -> addName(CommandLine.split(line), names));
        }
        return names;
    }

    /** Adds what the line is a command of; nothing for one that is refused for its name or its length alone. */
    private static void addName(List<Bytes> line, Set<String> names) {
        Args args = Args.of(line);
        CommandTable.REDIS
                .find(args)
                .map(Command::spec)
                .filter(spec -> spec.accepts(args.count()))
                .ifPresent(spec -> names.add(spec.name()));
    }
}
