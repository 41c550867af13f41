// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.testing.Program;
import io.meridian.server.testing.Program.Ended;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The launcher in a built source tree, with a stand-in for the JVM: when nodes rehearse, and what is kept of it. */
final class LauncherTest {
    /**
     * What it does in a rehearsal is in the file "rehearsal", which sees where the cache shall go as $cache and the data as
     * $data, and what it says of arguments in the file "arguments".
     */
    private static final String JAVA = """
        #!/bin/sh
        home=${0%/bin/java}
        for word; do
            case $word in
                -XX:AOTCacheOutput=*) cache=${word#*=} ;;
                -XX:AOTCache=*) used=${word#*=} ;;
                */rehearsal.*/data) data=$word ;;
            esac
        done
        case " $* " in
            *" --dry-run "*) . "$home/arguments" ;;
            *" rehearse "*) echo "$*" >>"$home/rehearsals"; . "$home/rehearsal" ;;
            *" -XX:AOTMode=on "*) [ "$(cat "$used")" = whole ] ;;
            *) echo "started with $*" ;;
        esac
        """;

    private static final String WRITE = "echo whole >\"$cache\"\n";
    private static final String LETS_REHEARSE = "letting nodes rehearse";
    private static final String FAILED = "that failed, so they start as slowly as before: see ";
    private static final long SECONDS_MAX = 60;

    @TempDir
    private Path folder;

    private Path tree = Path.of("");
    private Path distribution = Path.of("");
    private Path jdk = Path.of("");

    @BeforeEach
    void build() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
        distribution = tree.resolve("server/target/meridian");
        jdk = Files.createDirectory(folder.resolve("jdk"));
        Files.createDirectory(tree.resolve("target"));
        Files.writeString(tree.resolve("pom.xml"), "");
        executable(tree.resolve("bin/meridian"), Files.readString(Path.of("..", "bin", "meridian")));
        Files.createDirectories(distribution.resolve("lib"));
        Files.writeString(distribution.resolve("lib/meridian.jar"), "");
        // Newer than every source, however coarse the clock of the files is.
        FileTime later = FileTime.from(Instant.now().plusSeconds(3600));
        Files.setLastModifiedTime(Files.createFile(distribution.resolve("built")), later);
        executable(jdk.resolve("bin/java"), JAVA);
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.3\"\n");
        rehearsal(WRITE);
        Files.writeString(jdk.resolve("arguments"), "exit 0\n");
    }

    @AfterEach
    void makeWritable() throws IOException {
        setWritable(tree, true);
    }

    private void rehearsal(String script) throws IOException {
        Files.writeString(jdk.resolve("rehearsal"), script);
    }

    private static void executable(Path file, String script) throws IOException {
        Files.createDirectories(file.resolveSibling("."));
        assertThat(Files.writeString(file, script).toFile().setExecutable(true)).isTrue();
    }

    @Test
    void nodesRehearseOnceAndStartWithWhatTheJvmLearnt() throws IOException {
        Ended first = start("server", "--config", "node.yaml");
        Ended second = start("demo");

        String used = "-XX:AOTCache=" + distribution.toRealPath() + "/meridian.aot ";
        assertThat(first.status()).isZero();
        assertThat(first.output()).contains(LETS_REHEARSE, "started with ", used);
        assertThat(second.output()).contains("started with ", used).doesNotContain(LETS_REHEARSE);
        assertThat(rehearsals()).isEqualTo(1);
        assertThat(names(distribution)).containsOnly("built", "lib", "meridian.aot", "meridian.aot.jdk");
    }

    @Test
    void whatIsWrongWithTheArgumentsIsSaidBeforeARehearsal() throws IOException {
        Files.writeString(jdk.resolve("arguments"), "echo \"refused: $*\"; exit 2\n");

        Ended ended = start("demo", "--regions", "US");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output())
                .startsWith("refused: ")
                .endsWith(" io.meridian.server.Meridian demo --dry-run --regions US\n")
                .doesNotContain(LETS_REHEARSE, "started with");
        assertThat(rehearsals()).isZero();
    }

    @Test
    void aConfigurationFromAPipeIsLeftToTheStart() throws IOException {
        Path pipe = folder.resolve("pipe");
        assertThat(new Program(Path.of("/bin/sh"))
                        .run(Map.of(), "", "-c", "mkfifo " + pipe)
                        .status())
                .isZero();
        Files.writeString(jdk.resolve("arguments"), "echo asked; exit 0\n");

        for (String[] line : List.of(
                new String[] {"server", "--config", pipe.toString()},
                new String[] {"server", "--config=" + pipe},
                new String[] {"server"})) {
            Map<String, String> environment = new HashMap<>(environment());
            environment.put("MERIDIAN_CONFIG", line.length == 1 ? pipe.toString() : "");
            Ended ended = new Program(tree.resolve("bin/meridian")).run(environment, "", line);

            assertThat(ended.output())
                    .startsWith("started with ")
                    .endsWith(" " + String.join(" ", line) + "\n")
                    .hasLineCount(1);
        }
        Path file = Files.writeString(folder.resolve("node.yaml"), "");
        assertThat(start("server", "--config", file.toString()).output()).startsWith("asked\n");
    }

    @Test
    void theJvmFindsTheNativeLibrariesOfTheDistribution() throws IOException {
        Ended ended = start("version");

        assertThat(ended.output()).contains(" -Djava.library.path=" + distribution.toRealPath() + "/native ");
    }

    @Test
    void nodesRehearseWithTheHeapOfADemo() throws IOException {
        Ended demo = start("demo");

        assertThat(heapOf(demo.output())).hasSize(2).isEqualTo(heapOf(Files.readString(jdk.resolve("rehearsals"))));
    }

    private static List<String> heapOf(String line) {
        return Pattern.compile("-Xm[sx][^ ]+")
                .matcher(line)
                .results()
                .map(MatchResult::group)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 1",
                "kill -KILL $$",
                // As the JVM that rehearses does where the one that writes the cache fails: it ends well.
                "exit 0",
                "echo part >\"$cache\"; echo >\"$cache.config\"",
                "echo whole >\"$cache\"; echo >\"$cache.config\"",
                "echo of an older build >\"$cache\"",
                "echo whole >\"$cache\"; exit 1"
            })
    void aRehearsalThatFailsCostsAMessageOnce(String script) throws IOException {
        rehearsal("echo cause; " + script + "\n");

        Ended first = start("demo");
        Ended second = start("demo");

        assertThat(first.status()).isZero();
        assertThat(first.output()).contains(FAILED, "started with ").doesNotContain("-XX:AOTCache=");
        String log = first.output().substring(first.output().indexOf(FAILED) + FAILED.length());
        assertThat(Path.of(log.lines().findFirst().orElseThrow())).content().startsWith("cause\n");
        assertThat(second.output()).contains("started with ").doesNotContain("rehearse", "-XX:AOTCache=");
        assertThat(rehearsals()).isEqualTo(1);
    }

    @Test
    void ofARehearsalThatFailsOnlyTheLogsAreKept() throws IOException {
        rehearsal("mkdir -p \"$data/home-1\"; echo >\"$data/home-1/lock\"; echo >\"$data/rehearsal.log\"; exit 1\n");

        Ended ended = start("demo");

        String log = ended.output().substring(ended.output().indexOf(FAILED) + FAILED.length());
        Path data = Path.of(log.lines().findFirst().orElseThrow()).resolveSibling("data");
        assertThat(names(data)).containsOnly("rehearsal.log");
    }

    @Test
    void whatAKilledRehearsalLeftIsRemovedByTheNextOne() throws IOException {
        Path left = Files.createDirectories(distribution.resolve("rehearsal.killed/data"));

        start("demo");

        assertThat(left).doesNotExist();
        assertThat(names(distribution)).containsOnly("built", "lib", "meridian.aot", "meridian.aot.jdk");
    }

    @Test
    void whatCannotBeKeptOfARehearsalIsRemoved() throws IOException {
        rehearsal("rm \"$home/release\"; " + WRITE);

        Ended ended = start("demo");

        assertThat(ended.output()).contains("what the nodes learnt could not be kept", "started with ");
        assertThat(names(distribution)).noneMatch(name -> name.startsWith("rehearsal."));
    }

    @ParameterizedTest
    @ValueSource(ints = {129, 130, 143})
    void aRehearsalThatIsEndedIsNoFailureAndStartsNothing(int status) throws IOException {
        rehearsal(WRITE + "exit " + status + "\n");

        Ended ended = start("demo");

        assertThat(ended.status()).isEqualTo(status);
        assertThat(ended.output()).doesNotContain("started", "failed");
        assertThat(names(distribution)).containsOnly("built", "lib");
        rehearsal(WRITE);
        assertThat(start("demo").output()).contains(LETS_REHEARSE, "-XX:AOTCache=");
    }

    @Test
    void aSignalToTheLauncherEndsTheRehearsal() throws Exception {
        Path pid = folder.resolve("pid");
        rehearsal("echo $$ >" + pid + ".new; mv " + pid + ".new " + pid + "; exec sleep " + SECONDS_MAX + "\n");
        Process launcher = command("demo").start();
        try {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_MAX);
            while (!Files.exists(pid) && System.nanoTime() - deadline < 0) {
                Thread.onSpinWait();
            }
            ProcessHandle java = ProcessHandle.of(
                            Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();

            launcher.toHandle().destroy();

            assertThat(launcher.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(launcher.exitValue()).isEqualTo(143);
            assertThat(java.isAlive()).isFalse();
            assertThat(names(distribution)).containsOnly("built", "lib");
        } finally {
            launcher.descendants().forEach(ProcessHandle::destroyForcibly);
            launcher.destroyForcibly();
        }
    }

    @Test
    void nodesRehearseAgainWithOtherJarsOrAnotherJdk() throws IOException {
        start("demo");
        Files.setLastModifiedTime(
                distribution.resolve("lib/meridian.jar"),
                FileTime.from(Instant.now().plusSeconds(1800)));
        assertThat(start("demo").output()).contains(LETS_REHEARSE);
        Files.setLastModifiedTime(
                distribution.resolve("lib/meridian.jar"),
                FileTime.from(Instant.now().minusSeconds(1800)));
        assertThat(start("demo").output()).doesNotContain(LETS_REHEARSE);

        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.4\"\n");

        assertThat(start("demo").output()).contains(LETS_REHEARSE);
        assertThat(start("demo").output()).doesNotContain(LETS_REHEARSE);
        assertThat(rehearsals()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo --help",
                "demo -h",
                "server --version",
                "demo --check",
                "demo --dry-run",
                "server --dry-run",
                "version",
                "config check --config c",
                "rehearse"
            })
    void whatEndsSoonIsStartedWithoutARehearsal(String line) throws IOException {
        rehearsal("echo \"started with $*\"\n");
        Files.writeString(jdk.resolve("arguments"), "echo \"started with $*\"\n");

        Ended ended = start(line.split(" "));

        assertThat(ended.output())
                .startsWith("started with ")
                .endsWith(" io.meridian.server.Meridian " + line + "\n")
                .hasLineCount(1);
    }

    @Test
    void aTreeThatCannotBeWrittenIsStartedAsItIs() throws IOException {
        Files.delete(tree.resolve("target"));
        setWritable(tree, false);

        Ended ended = startWithoutPrivileges("demo");

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(ended.output()).startsWith("started with ").doesNotContain("-XX:AOTCache=");
        assertThat(rehearsals()).isZero();
    }

    @Test
    void aTreeThatCannotBeWrittenIsStartedWithWhatWasLearntBefore() throws IOException {
        start("demo");
        setWritable(tree, false);

        Ended ended = startWithoutPrivileges("demo");

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(ended.output()).startsWith("started with ").contains("-XX:AOTCache=");
    }

    @Test
    void aTreeThatHasToBeBuiltAndCannotBeWrittenSaysSo() throws IOException {
        Files.delete(distribution.resolve("built"));
        setWritable(tree, false);

        Ended ended = startWithoutPrivileges("demo");

        assertThat(ended.status()).isEqualTo(1);
        assertThat(ended.output())
                .isEqualTo(
                        "meridian: server has to be built, and " + tree.toRealPath() + "/target cannot be written\n");
    }

    @Test
    void aDistributionNeedsNothingThatItCanWrite() throws IOException {
        Files.delete(tree.resolve("pom.xml"));
        Files.move(distribution.resolve("lib"), tree.resolve("lib"));
        setWritable(tree, false);

        Ended ended = startWithoutPrivileges("server", "--config", "node.yaml");

        assertThat(ended.status()).as(ended.output()).isZero();
        assertThat(ended.output()).startsWith("started with ").contains(" server --config node.yaml");
    }

    @Test
    void aComparisonIsOfNodesThatHaveRehearsed() throws IOException {
        Program launcher = new Program(tree.resolve("bin/meridian"));
        Map<String, String> environment = comparison("redis-server", "redis-benchmark", "etcd", "wrk");

        Ended other = launcher.run(environment, "", "bench", "jmh");
        Ended comparison = launcher.run(environment, "", "bench", "compare", "--only", "restart");

        assertThat(other.output()).contains(" io.meridian.bench.BenchMain jmh").doesNotContain(LETS_REHEARSE);
        assertThat(comparison.output()).contains(LETS_REHEARSE, " io.meridian.bench.BenchMain compare --only restart");
        assertThat(distribution.resolve("meridian.aot")).hasContent("whole");
    }

    @Test
    void whatIsWrongWithTheOptionsOfAComparisonIsSaidBeforeAnythingIsDoneForIt() throws IOException {
        Files.writeString(jdk.resolve("arguments"), "echo \"refused: $*\"; exit 2\n");

        Ended ended = new Program(tree.resolve("bin/meridian"))
                .run(comparison("apt-get", "systemctl"), "", "bench", "compare", "--only", "all");

        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output())
                .startsWith("refused: ")
                .endsWith(" io.meridian.bench.BenchMain compare --dry-run --only all\n")
                .hasLineCount(1);
        assertThat(rehearsals()).isZero();
    }

    private Map<String, String> comparison(String... programs) throws IOException {
        Path tool = Files.createDirectories(tree.resolve("bench/target/lib"));
        Files.setLastModifiedTime(tool, FileTime.from(Instant.now().plusSeconds(3600)));
        return withPrograms(programs);
    }

    /** The environment with programs of these names that do nothing. */
    private Map<String, String> withPrograms(String... names) throws IOException {
        Path programs = folder.resolve("programs");
        for (String name : names) {
            executable(programs.resolve(name), "#!/bin/sh\n");
        }
        Map<String, String> environment = new HashMap<>(environment());
        environment.put("PATH", programs + File.pathSeparator + System.getenv("PATH"));
        return environment;
    }

    @Test
    void theFirstWordSaysWhichTests() throws IOException {
        // Whatever this machine lacks, nothing is to be installed on it.
        Map<String, String> environment = withPrograms("apt-get", "systemctl", "npm");
        executable(folder.resolve("programs/mvn"), "#!/bin/sh\necho \"mvn $*\"\n");
        Program launcher = new Program(tree.resolve("bin/meridian"));

        assertThat(launcher.run(environment, "", "test").output()).endsWith(" -ntp verify\n");
        assertThat(launcher.run(environment, "", "test", "full", "-o").output()).endsWith(" -ntp verify -o\n");
        assertThat(launcher.run(environment, "", "test", "-Dseed=7").output()).endsWith(" -ntp verify -Dseed=7\n");
        assertThat(launcher.run(environment, "", "test", "fast", "-o").output())
                .contains(" -ntp -N verify\n")
                .endsWith(" -ntp test -o\n");
        assertThat(launcher.run(environment, "", "test", "chaos", "-Dseed=7").output())
                .contains(" -pl chaos-tests -am verify ", " -Dit.test=ChaosIT ")
                .endsWith(" -Dseed=7\n");
        Ended wrong = launcher.run(environment, "", "test", "choas");
        assertThat(wrong.status()).isEqualTo(1);
        assertThat(wrong.output())
                .startsWith("meridian: there are no tests 'choas'")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "--nonsense"})
    void aCommandThatIsMissingOrUnknownIsSaidWithoutABuildOrAJdk(String word) throws IOException {
        makeFresh();

        Ended ended = word.isEmpty() ? start() : start(word);

        String what = word.isEmpty() ? "a command is missing" : "there is no command '" + word + "'";
        assertThat(ended.status()).isEqualTo(2);
        assertThat(ended.output())
                .startsWith("meridian: " + what + "\nCommands:\n")
                .contains("\n  server ", "\n  bench ");
    }

    @Test
    void theCommandsAreThoseOfTheProgramAndOfASourceTree() throws IOException {
        makeFresh();

        Ended ended = start("help");

        assertThat(ended.status()).isZero();
        assertThat(start("--help")).isEqualTo(ended);
        assertThat(start("-h")).isEqualTo(ended);
        List<String> expected = new ArrayList<>();
        Meridian.commandLine().getSubcommands().forEach((name, command) -> {
            CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            if (!usage.hidden()) {
                expected.add(name.equals("help") ? "  help " : "  %-7s  %s".formatted(name, usage.description()[0]));
            }
        });
        assertThat(expected)
                .hasSize(5)
                .allSatisfy(line -> assertThat(ended.output()).contains("\n" + line));
        assertThat(ended.output()).startsWith("Usage: meridian COMMAND\n").contains("\n  test ", "\n  chaos ");
        Files.delete(tree.resolve("pom.xml"));
        assertThat(start("help").output()).contains("\n  server ").doesNotContain("\n  test ", "\n  chaos ");
    }

    @ParameterizedTest
    @CsvSource({
        "test --help,  test",
        "test full -h, test",
        "help test,    test",
        "bench --help, bench",
        "help bench,   bench",
        "chaos -h,     chaos",
        "help chaos,   chaos"
    })
    void theHelpOfASourceTreesCommandsNeedsNoBuild(String line, String command) throws IOException {
        makeFresh();

        Ended ended = start(line.split(" "));

        assertThat(ended.status()).isZero();
        assertThat(ended.output()).startsWith("Usage: meridian " + command + " ");
    }

    @Test
    void whatIsBuiltTellsMoreOfItself() throws IOException {
        comparison();

        assertThat(start("help", "bench").output()).endsWith(" io.meridian.bench.BenchMain --help\n");
        assertThat(start("help", "config", "check").output())
                .endsWith(" io.meridian.server.Meridian config check --help\n");
    }

    /** As a clone is; where it is built nevertheless, that fails. */
    private void makeFresh() throws IOException {
        Files.delete(distribution.resolve("built"));
        Files.delete(jdk.resolve("release"));
    }

    @Test
    void onlyTheFastRunOfCiMayLeaveAnythingOut() throws IOException {
        executable(tree.resolve("bin/meridian"), "#!/bin/sh\necho \"CI=$CI $*\"\n");
        executable(tree.resolve(".ci/run"), Files.readString(Path.of("..", ".ci", "run")));
        Program ci = new Program(tree.resolve(".ci/run"));

        assertThat(ci.run(Map.of("CI", ""), "").output()).isEqualTo("CI=true test\n");
        assertThat(ci.run(Map.of("CI", ""), "", "full").output()).isEqualTo("CI=true test full\n");
        assertThat(ci.run(Map.of("CI", ""), "", "chaos").output()).isEqualTo("CI=true test chaos\n");
        assertThat(ci.run(Map.of("CI", "false"), "").output()).isEqualTo("CI=false test\n");
        assertThat(ci.run(Map.of("CI", ""), "", "fast").output()).isEqualTo("CI= test fast\n");
    }

    private long rehearsals() throws IOException {
        Path calls = jdk.resolve("rehearsals");
        return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }

    private static void setWritable(Path root, boolean isWritable) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(root)) {
            all = files.toList();
        }
        for (Path file : all) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            if (isWritable) {
                permissions.add(PosixFilePermission.OWNER_WRITE);
            } else {
                permissions.remove(PosixFilePermission.OWNER_WRITE);
            }
            Files.setPosixFilePermissions(file, permissions);
        }
    }

    private Map<String, String> environment() {
        return Map.of("JAVA_HOME", jdk.toString(), "MERIDIAN_HOME", "", "MERIDIAN_JAVA_OPTS", "");
    }

    private ProcessBuilder command(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(tree.resolve("bin/meridian").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().putAll(environment());
        return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private Ended start(String... arguments) {
        return new Program(tree.resolve("bin/meridian")).run(environment(), "", arguments);
    }

    /** Root may write everywhere, unless it gives that up. */
    private Ended startWithoutPrivileges(String... arguments) {
        if (!Files.isWritable(tree)) {
            return start(arguments);
        }
        List<String> line = new ArrayList<>(List.of(
                "--inh-caps=-all",
                "--bounding-set=-all",
                tree.resolve("bin/meridian").toString()));
        line.addAll(List.of(arguments));
        return Program.require("setpriv", "apt install util-linux").run(environment(), "", line.toArray(String[]::new));
    }
}
