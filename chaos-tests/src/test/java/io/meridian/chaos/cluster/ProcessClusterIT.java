// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.chaos.Needs;
import io.meridian.chaos.Redis;
import io.meridian.chaos.client.RespConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessClusterIT {
    private static final String NODE = "us-east-1";

    @TempDir
    Path folder;

    @BeforeEach
    void needs() {
        Needs.program("redis-server");
        Needs.program("setsid");
    }

    @Test
    void killedNodeIsGoneAndComesBackWithItsData() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 1), Redis.launcher(), folder)) {
            cluster.start();
            Redis.awaitAnswer(cluster, NODE);
            try (RespConnection connection = Redis.open(cluster, NODE, Duration.ofSeconds(5))) {
                connection.require("SET", "k", "v");
            }
            ProcessHandle killed = cluster.process(NODE);

            cluster.kill(NODE);

            assertThat(killed.isAlive()).isFalse();
            assertThat(cluster.state(NODE)).isEqualTo(Cluster.State.DOWN);
            assertThat(Redis.answers(cluster, NODE)).isFalse();
            Redis.awaitAnswer(cluster, "eu-west-1");

            cluster.start(NODE);
            Redis.awaitAnswer(cluster, NODE);
            try (RespConnection connection = Redis.open(cluster, NODE, Duration.ofSeconds(5))) {
                assertThat(connection.require("GET", "k")).isEqualTo("v");
            }
            assertThat(cluster.unexpectedEnds()).isEmpty();
        }
    }

    @Test
    void pausedNodeIsSilentUntilItIsResumed() throws Exception {
        try (ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 0), Redis.launcher(), folder)) {
            cluster.start();
            Redis.awaitAnswer(cluster, NODE);

            cluster.pause(NODE);
            assertThat(Redis.answers(cluster, NODE)).isFalse();
            assertThat(cluster.process(NODE).isAlive()).isTrue();
            assertThatThrownBy(() -> cluster.pause(NODE)).hasMessageContaining("PAUSED");

            cluster.resume(NODE);
            Redis.awaitAnswer(cluster, NODE);

            cluster.pause(NODE);
            cluster.kill(NODE);
            assertThat(cluster.state(NODE)).isEqualTo(Cluster.State.DOWN);
        }
    }

    @Test
    void nodeThatEndsByItselfIsReportedWithItsLog() throws Exception {
        Path launcher = folder.resolve("meridian");
        Files.writeString(launcher, "#!/bin/sh\necho cannot bind\nexit 7\n");
        assertThat(launcher.toFile().setExecutable(true)).isTrue();

        try (ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(1, 0), launcher, folder)) {
            cluster.start();

            Redis.eventually(() -> !cluster.unexpectedEnds().isEmpty(), "the end is noticed");
            assertThat(cluster.unexpectedEnds())
                    .singleElement()
                    .asString()
                    .contains("us-east-1 ended by itself with 7", "cannot bind");
        }
    }

    @Test
    void closingEndsEveryNodePausedOnesToo() throws Exception {
        ProcessCluster cluster = new ProcessCluster(ClusterLayout.of(3, 0), Redis.launcher(), folder);
        cluster.start();
        List<ProcessHandle> processes =
                cluster.layout().nodes().stream().map(cluster::process).toList();
        Redis.awaitAnswer(cluster, NODE);
        cluster.pause("us-east-2");

        cluster.close();

        assertThat(processes).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void nodesDoNotOutliveAHarnessThatWasKilled() throws Exception {
        Process harness = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        DoomedHarness.class.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<ProcessHandle> nodes;
        try (var lines = harness.inputReader()) {
            nodes = Arrays.stream(lines.readLine().split(" "))
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .toList();
            assertThat(nodes).hasSize(2);
        } finally {
            harness.destroyForcibly();
        }

        Redis.eventually(() -> nodes.stream().noneMatch(ProcessHandle::isAlive), "the nodes are gone");
    }

    @Test
    void everyNodeGetsAConfigurationOfItsOwn() throws IOException {
        ClusterLayout layout = ClusterLayout.of(3, 2);
        try (ProcessCluster cluster = new ProcessCluster(layout, Path.of("none"), folder);
                Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(file -> file.toString().endsWith(".yaml"))).hasSize(5);
            String yaml = Files.readString(folder.resolve("eu-west-2.yaml"));
            assertThat(yaml)
                    .contains("node: eu-west-2\n", "home: us-east\n", "token: \"chaos-token\"")
                    .contains("resp: \"" + cluster.resp("eu-west-2") + '"');
            assertThat(layout.nodes().stream().map(cluster::resp).distinct()).hasSize(5);
        }
    }
}
