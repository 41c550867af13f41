// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import io.meridian.chaos.Needs;
import io.meridian.chaos.Redis;
import io.meridian.chaos.client.RespConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

class ContainerClusterIT {
    private static final String NODE = "us-east-1";
    private static final String IMAGE = "meridian-chaos-redis:test";

    @TempDir
    Path folder;

    /** What a test does while there is an image. */
    private interface Work {
        void run() throws Exception;
    }

    private void withImage(Work work) throws Exception {
        Needs.program("redis-server");
        try {
            Docker.ensure();
        } catch (DockerMissing e) {
            Needs.missing("containers: " + e.getMessage());
        }
        buildImage();
        work.run();
        removeImage();
    }

    @Test
    void aLogThatCannotBeSavedLeavesNoContainer() throws Exception {
        withImage(() -> {
            Path logs = folder.resolve("logs");
            ContainerCluster cluster = new ContainerCluster(ClusterLayout.of(1, 1), IMAGE, "/data", logs);
            cluster.start();
            Files.delete(logs);

            assertThatThrownBy(cluster::close)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageStartingWith("cannot save the log of ");

            DockerClient docker = DockerClientFactory.instance().client();
            assertThat(docker.listContainersCmd()
                            .withShowAll(true)
                            .withLabelFilter(Map.of(ContainerCluster.HARNESS, ContainerCluster.ME))
                            .exec())
                    .isEmpty();
            assertThat(docker.listNetworksCmd()
                            .withFilter("label", List.of(ContainerCluster.HARNESS + "=" + ContainerCluster.ME))
                            .exec())
                    .isEmpty();
        });
    }

    @Test
    void nodesAreKilledPausedAndStartedAgainWithTheirData() throws Exception {
        withImage(() -> {
            try (ContainerCluster cluster = new ContainerCluster(ClusterLayout.of(1, 1), IMAGE, "/data", folder)) {
                cluster.start();
                cluster.layout().nodes().forEach(node -> Redis.awaitAnswer(cluster, node));
                try (RespConnection connection = Redis.open(cluster, NODE, Duration.ofSeconds(5))) {
                    connection.require("SET", "k", "v");
                }

                cluster.kill(NODE);
                assertThat(Redis.answers(cluster, NODE)).isFalse();
                cluster.start(NODE);
                Redis.awaitAnswer(cluster, NODE);
                try (RespConnection connection = Redis.open(cluster, NODE, Duration.ofSeconds(5))) {
                    assertThat(connection.require("GET", "k")).isEqualTo("v");
                    // Nodes find each other by name.
                    connection.require("REPLICAOF", "eu-west-1", "6379");
                    Redis.eventually(
                            () -> connection
                                    .require("INFO", "replication")
                                    .toString()
                                    .contains("master_link_status:up"),
                            "the nodes reach each other");
                }

                cluster.pause(NODE);
                assertThat(Redis.answers(cluster, NODE)).isFalse();
                cluster.resume(NODE);
                Redis.awaitAnswer(cluster, NODE);

                assertThat(cluster.unexpectedEnds()).isEmpty();
                cluster.pause(NODE);
            }
            assertThat(Files.readString(folder.resolve(NODE + ".log"))).contains("Ready to accept connections");
        });
    }

    /** An image from nothing: redis-server, a shell, and the libraries they need. */
    private void buildImage() throws IOException {
        Path context = Files.createDirectories(folder.resolve("image"));
        for (String program : List.of("/usr/bin/redis-server", "/bin/sh", "/bin/sed", "/bin/mkdir")) {
            copy(context, Path.of(program));
            for (Path library : libraries(program)) {
                copy(context, library);
            }
        }
        Path launcher = Files.createDirectories(context.resolve("root/opt")).resolve("meridian");
        String script = Files.readString(launcherOfRedis())
                .replace("--bind 127.0.0.1", "--bind 0.0.0.0")
                .replace("--logfile \"$data/redis.log\"", "");
        Files.writeString(launcher, script);
        Files.writeString(context.resolve("Dockerfile"), """
            FROM scratch
            COPY root/ /
            ENTRYPOINT ["/bin/sh", "/opt/meridian"]
            """);
        DockerClientFactory.instance()
                .client()
                .buildImageCmd(context.toFile())
                .withTags(Set.of(IMAGE))
                .start()
                .awaitImageId();
    }

    private static Path launcherOfRedis() throws IOException {
        try {
            return Redis.launcher();
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static void removeImage() {
        DockerClientFactory.instance().client().removeImageCmd(IMAGE).exec();
    }

    private static List<Path> libraries(String program) throws IOException {
        Process ldd = new ProcessBuilder("ldd", program).start();
        try (var lines = ldd.inputReader()) {
            Pattern path = Pattern.compile("(/[^ ]+) \\(0x");
            return lines.lines()
                    .map(path::matcher)
                    .filter(Matcher::find)
                    .map(match -> Path.of(match.group(1)))
                    .toList();
        }
    }

    private static void copy(Path context, Path file) throws IOException {
        Path target = context.resolve("root" + file);
        Files.createDirectories(target.getParent());
        Files.copy(file.toRealPath(), target, StandardCopyOption.REPLACE_EXISTING);
    }
}
