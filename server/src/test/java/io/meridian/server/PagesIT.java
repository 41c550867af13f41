// SPDX-License-Identifier: Apache-2.0
package io.meridian.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.server.config.ConfigLoader;
import io.meridian.server.demo.DemoCluster;
import io.meridian.server.demo.DemoSettings;
import io.meridian.server.demo.WideArea;
import io.meridian.server.testing.Program;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines that our pages have to be pasted, pasted: into a shell beside a demo with its delays between regions. */
final class PagesIT {
    private static final List<String> REGIONS = List.of("us-east", "eu-west", "ap-south");
    private static final Path ROOT = Path.of("..");
    private static final Pattern SHELL =
            Pattern.compile("```sh\\n((?:(?!```).)*)```\\n(?:```\\n((?:(?!```).)*)```\\n)?", Pattern.DOTALL);
    private static final Pattern PORT = Pattern.compile("\\b(63[789]9|80[89]0|8100)\\b");

    private static final Map<String, Integer> PORTS = new HashMap<>();

    @TempDir
    private static Path folder;

    private static @Nullable DemoCluster demo;

    @BeforeAll
    static void start() throws Exception {
        // curl shows its progress where it does not write to a terminal.
        Files.writeString(folder.resolve(".curlrc"), "silent\nshow-error\n");
        DemoCluster cluster = DemoCluster.start(new DemoSettings(REGIONS, 3, 0, 0, WideArea.REALISTIC), folder);
        demo = cluster;
        assertThat(cluster.awaitServing(60)).isTrue();
        for (int i = 0; i < REGIONS.size(); i++) {
            DemoCluster.Member first = cluster.in(REGIONS.get(i)).getFirst();
            PORTS.put("" + (6379 + 10 * i), port(first.resp()));
            PORTS.put("" + (8080 + 10 * i), port(first.rest()));
        }
    }

    private static int port(InetSocketAddress address) {
        return address.getPort();
    }

    @AfterAll
    static void stop() {
        if (demo != null) {
            demo.close();
        }
    }

    @Test
    void thePageOnConsistencySaysWhatHappens() throws IOException {
        int compared = 0;
        for (MatchResult block : blocks("docs/consistency.md")) {
            String said = shell(block.group(1));
            String page = block.group(2);
            if (page != null) {
                compared++;
                // A slow shell comes too late to see the old city.
                assertThat(comparable(said))
                        .as(block.group(1))
                        .isIn(comparable(page), comparable(page.replace("\nLisbon\nPorto\n", "\nPorto\nPorto\n")));
            }
        }
        assertThat(compared).isGreaterThanOrEqualTo(5);
    }

    @Test
    void theReadmesLinesForRedisCliAndCurlWork() throws IOException {
        List<String> lines = new ArrayList<>();
        for (MatchResult block : blocks("README.md")) {
            if (!block.group(1).contains("bin/meridian")) {
                lines.addAll(block.group(1).lines().toList());
            }
        }
        assertThat(lines).hasSizeGreaterThan(8);
        for (String line : lines) {
            String said = shell(line);
            assertThat(said).as(line).doesNotContainIgnoringCase("err");
            Matcher told = Pattern.compile("# (\\{.*})$").matcher(line);
            if (told.find()) {
                assertThat(said).as(line).isEqualTo(told.group(1));
            }
            if (line.contains("GET city")) {
                assertThat(said).as(line).isEqualTo("Lisbon\n");
            }
        }
    }

    @Test
    void theReadmesLinesForPythonWork() throws IOException {
        Program python = Program.requirePython("redis", "apt install python3-redis");
        Matcher block = Pattern.compile("```python\\n((?:(?!```).)*)```", Pattern.DOTALL)
                .matcher(page("README.md"));
        assertThat(block.find()).isTrue();

        Program.Ended ended = python.run(Map.of(), "", "-c", here(block.group(1)));

        assertThat(ended.output()).isEqualTo("Ada\n");
        assertThat(ended.status()).isZero();
    }

    @Test
    void theReadmesConfigurationIsGood() throws Exception {
        Matcher block =
                Pattern.compile("```yaml\\n((?:(?!```).)*)```", Pattern.DOTALL).matcher(page("README.md"));
        assertThat(block.find()).isTrue();

        ConfigLoader.Loaded loaded =
                ConfigLoader.parse("shop.yaml", block.group(1), folder, Map.of("MERIDIAN_NODE", "eu-west-1"));

        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.config().region().name()).isEqualTo("eu-west");
    }

    private static List<MatchResult> blocks(String name) throws IOException {
        return SHELL.matcher(page(name)).results().toList();
    }

    private static String page(String name) throws IOException {
        return Files.readString(ROOT.resolve(name));
    }

    /** With the ports of this demo in place of the usual ones. */
    private static String here(String text) {
        return PORT.matcher(text).replaceAll(usual -> String.valueOf(PORTS.get(usual.group())));
    }

    private static String shell(String lines) {
        Program.require("redis-cli", "apt install redis-tools");
        Program.require("curl", "apt install curl");
        Program.Ended ended = Program.require("bash", "it is everywhere")
                .run(Map.of("CURL_HOME", folder.toString()), "", "-c", here(lines));
        assertThat(ended.status()).as(lines + ended.output()).isZero();
        return ended.output();
    }

    /** Without what is another at each run: places in the log, ages, tokens, and which of its nodes leads a region. */
    private static String comparable(String said) {
        return said.replace("\r", "")
                .replaceAll("(?m)^(index|staleness-ms)\\n-?[0-9]+$", "$1\n#")
                .replaceAll("upstash-sync-token: .*", "upstash-sync-token: #")
                .replaceAll("us-east-[123]", "us-east-#")
                .strip();
    }
}
