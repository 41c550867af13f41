// SPDX-License-Identifier: Apache-2.0
package io.meridian.bench.system;

import io.meridian.bench.client.Http;
import io.meridian.bench.client.RespClient;
import io.meridian.bench.client.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A home region of Meridian with three voters, and on request one more region with one node: each node a process of the
 * distribution, with the configuration's defaults.
 */
public final class MeridianRegion implements AutoCloseable {
    private static final String TOKEN = "token-of-the-benchmark";
    private static final String HOME = "home";
    private static final String AFAR = "afar";
    private static final int VOTERS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path launcher;
    private final Path folder;
    private final Map<String, String> environment;
    private final List<Node> nodes;

    /** One node; its ports stay the same over restarts. */
    public static final class Node {
        private final String name;
        private final int resp = Ports.next();
        private final int rest = Ports.next();
        private final int peer = Ports.next();
        private final int admin = Ports.next();
        private ServerProcess process;

        // The process is there before anybody sees the node.
        @SuppressWarnings("NullAway.Init")
        private Node(String name) {
            this.name = name;
        }

        public String name() {
            return name;
        }

        public Target target() {
            return new Target(resp, "default", TOKEN);
        }

        public int restPort() {
            return rest;
        }

        public long pid() {
            return process.pid();
        }
    }

    private MeridianRegion(Path launcher, Path folder, String javaOpts, List<Node> nodes) {
        this.launcher = launcher;
        this.folder = folder;
        this.environment = javaOpts.isEmpty() ? Map.of() : Map.of("MERIDIAN_JAVA_OPTS", javaOpts);
        this.nodes = nodes;
    }

    /**
     * Starts the nodes, and returns once all are ready and there is a leader.
     *
     * @param launcher the distribution's {@code bin/meridian}
     * @param folder for configurations, data and logs; made where it is missing
     * @param javaOpts options for the nodes' JVMs beside those of the launcher; may be empty
     * @param hasRemoteRegion whether there is another region, whose node has a learner
     */
    public static MeridianRegion start(Path launcher, Path folder, String javaOpts, boolean hasRemoteRegion)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        List<Node> nodes = new ArrayList<>();
        for (int i = 1; i <= VOTERS; i++) {
            nodes.add(new Node(HOME + "-" + i));
        }
        if (hasRemoteRegion) {
            nodes.add(new Node(AFAR + "-1"));
        }
        MeridianRegion region = new MeridianRegion(launcher, folder.toAbsolutePath(), javaOpts, List.copyOf(nodes));
        try {
            for (Node node : nodes) {
                Files.writeString(region.configuration(node), region.yaml(node));
                region.launch(node);
            }
            for (Node node : nodes) {
                region.awaitReady(node);
            }
            region.leader();
            return region;
        } catch (IOException | InterruptedException | RuntimeException e) {
            region.close();
            throw e;
        }
    }

    private Path configuration(Node node) {
        return folder.resolve(node.name + ".yaml");
    }

    private String yaml(Node node) {
        return """
            cluster: bench
            node: %s
            data: %s
            listen: {resp: "127.0.0.1:%d", rest: "127.0.0.1:%d", peer: "127.0.0.1:%d", admin: "127.0.0.1:%d"}
            regions:
            %s
            databases:
              default:
                home: %s
                users:
                  default: {token: "%s"}
            """.formatted(
                        node.name,
                        folder.resolve(node.name),
                        node.resp,
                        node.rest,
                        node.peer,
                        node.admin,
                        regionLine(HOME) + (nodes.size() > VOTERS ? "\n" + regionLine(AFAR) : ""),
                        HOME,
                        TOKEN);
    }

    private String regionLine(String region) {
        return nodes.stream()
                .filter(node -> node.name.startsWith(region))
                .map(node -> node.name + ": \"127.0.0.1:" + node.peer + '"')
                .collect(Collectors.joining(", ", "  " + region + ": {nodes: {", "}}"));
    }

    /** Starts a node; does not wait for it. */
    public void launch(Node node) throws IOException {
        node.process = ServerProcess.start(
                node.name,
                List.of(
                        launcher.toString(),
                        "server",
                        "--config",
                        configuration(node).toString()),
                environment,
                folder);
    }

    /** Returns once a node says that it is ready. */
    public void awaitReady(Node node) throws InterruptedException {
        Await.until(node.name + " to be ready", PATIENCE, () -> {
            node.process.requireAlive();
            return Http.isOk(node.admin, "/readyz");
        });
    }

    /** Returns once a GET by a node's own replica gives this value. */
    public void awaitValue(Node node, String key, String value) throws InterruptedException {
        Await.until(node.name + " to show " + key, PATIENCE, () -> {
            node.process.requireAlive();
            try (RespClient client = RespClient.open(node.target().at("eventual"), TIMEOUT)) {
                return client.call("GET", key).filter(value::equals).isPresent();
            }
        });
    }

    /** Stops a node in good order. */
    public void stop(Node node) throws InterruptedException {
        node.process.stop();
    }

    /** Kills a node. */
    public void kill(Node node) {
        node.process.kill();
    }

    /** The node that leads the home region's group; waits until there is one. */
    public Node leader() throws InterruptedException {
        Node[] leader = new Node[1];
        Await.until("a leader", PATIENCE, () -> {
            for (Node node : voters()) {
                node.process.requireAlive();
                if (groupLine(node).contains("role=leader")) {
                    leader[0] = node;
                    return true;
                }
            }
            return false;
        });
        return leader[0];
    }

    private static String groupLine(Node node) throws IOException {
        try (RespClient client = RespClient.open(node.target(), TIMEOUT)) {
            return client.call("INFO", "meridian")
                    .orElse("")
                    .lines()
                    .filter(line -> line.startsWith("group") && line.contains("name=" + HOME + "/"))
                    .findFirst()
                    .orElse("");
        }
    }

    /** A node of the home region that does not lead. */
    public Node follower() throws InterruptedException {
        Node leader = leader();
        return voters().stream()
                .filter(node -> !node.name.equals(leader.name))
                .findFirst()
                .orElseThrow();
    }

    public List<Node> voters() {
        return nodes.subList(0, VOTERS);
    }

    /** The node of the other region; there must be one. */
    public Node learner() {
        return nodes.get(VOTERS);
    }

    public List<Long> pids() {
        return nodes.stream().map(Node::pid).toList();
    }

    /** Stops all nodes in good order, so that a profiler in them writes what it has seen. */
    public void stop() throws InterruptedException {
        for (Node node : nodes) {
            node.process.stop();
        }
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.close();
            }
        }
    }
}
