// SPDX-License-Identifier: Apache-2.0
package io.meridian.engine.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Our rows against what redis-server 7.0.15 says of its commands; a difference needs a reason here. */
class CommandInfoGoldenTest {
    /** Rows that differ on purpose, by name. */
    private static final Map<String, String> DIFFERENCES = new TreeMap<>(Map.of(
            "COMMAND|GETKEYS", "from 7.2 on, the command may be one without arguments",
            "COMMAND|GETKEYSANDFLAGS", "the same"));

    /** Rows that Redis 7.0 does not have. */
    private static final Map<String, String> NEWER = new TreeMap<>(Map.of(
            "CLIENT|NO-TOUCH", "7.2.0",
            "CLIENT|SETINFO", "7.2.0"));

    /** What only later versions of Redis have, and neither the table nor the golden file. */
    private static final Set<String> NEWER_UNSUPPORTED = Set.of(
            "CLUSTER|MYSHARDID",
            "HEXPIRE",
            "HEXPIREAT",
            "HEXPIRETIME",
            "HPERSIST",
            "HPEXPIRE",
            "HPEXPIREAT",
            "HPEXPIRETIME",
            "HPTTL",
            "HTTL",
            "WAITAOF");

    private final Map<String, GoldenCommand> golden = GoldenCommand.ofRedis();

    @Test
    void everyRowSaysWhatRedisSays() {
        List<String> wrong = new ArrayList<>();
        for (Command command : CommandTable.REDIS.commands()) {
            Spec spec = command.spec();
            GoldenCommand ours = GoldenCommand.of(spec);
            GoldenCommand theirs = golden.get(spec.name());
            if (spec.family() == Family.MERIDIAN) {
                continue;
            }
            if (theirs == null) {
                if (!spec.since().equals(NEWER.get(spec.name()))) {
                    wrong.add(spec.name() + " is not a command of Redis 7.0.15, nor listed as newer");
                }
            } else if (!ours.equals(theirs) && !DIFFERENCES.containsKey(spec.name())) {
                wrong.add("\n  ours  " + ours + "\n  redis " + theirs);
            }
        }

        assertThat(wrong)
                .as("rows that differ from command-info.golden without a reason")
                .isEmpty();
    }

    @Test
    void everyDifferenceIsStillOne() {
        assertThat(DIFFERENCES.keySet()).allSatisfy(name -> {
            Command ours = CommandTable.REDIS.named(name).orElseThrow();
            assertThat(GoldenCommand.of(ours.spec())).isNotEqualTo(golden.get(name));
        });
    }

    @Test
    void everyCommandOfRedisIsInTheTableOrUnsupported() {
        Set<String> missing = new TreeSet<>(golden.keySet());
        missing.addAll(NEWER_UNSUPPORTED);
        missing.removeAll(unsupported());
        for (Command command : CommandTable.REDIS.commands()) {
            missing.remove(command.spec().name());
        }

        assertThat(missing).as("neither a row nor in Unsupported").isEmpty();
    }

    @Test
    void summariesAreOfCommandsThereAre() {
        Set<String> names = new HashSet<>();
        CommandTable.REDIS
                .commands()
                .forEach(command -> names.add(command.spec().name()));

        assertThat(names)
                .as("lines of command-summaries.txt")
                .containsAll(CommandSummaries.all().keySet());
    }

    @Test
    void nothingIsUnsupportedThatIsInTheTable() {
        List<String> unsupported = unsupported();

        assertThat(unsupported)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(golden.containsKey(name) || NEWER_UNSUPPORTED.contains(name))
                        .as("%s is a command of Redis", name)
                        .isTrue());
        assertThat(CommandTable.REDIS.commands())
                .map(command -> command.spec().name())
                .as("take what the table now has out of Unsupported")
                .doesNotContainAnyElementsOf(unsupported);
    }

    @Test
    void theGoldenFileIsNotEmpty() {
        assertThat(golden).hasSizeGreaterThan(350);
    }

    private static List<String> unsupported() {
        return Unsupported.GROUPS.stream()
                .flatMap(group -> group.names().stream())
                .toList();
    }
}
