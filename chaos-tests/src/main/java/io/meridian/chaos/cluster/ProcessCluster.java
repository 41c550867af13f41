// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Each node a process of this machine, on ports of the loopback interface.
 *
 * <p>No node outlives the harness: closing kills them, a shutdown hook closes, and {@link Orphans} kills them when the
 * harness itself was killed.
 */
public final class ProcessCluster implements Cluster {
    private static final int LOG_LINES = 15;

    private final ClusterLayout layout;
    private final Path launcher;
    private final Path folder;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<String> unexpected = new ArrayList<>();
    private final Thread closer = new Thread(this::killAll, "process-cluster-closer");
    private final Orphans orphans;

    private static final class Node {
        private final NodeConfiguration configuration;
        private final Path log;
        private @Nullable Process process;
        private State state = State.DOWN;

        private Node(NodeConfiguration configuration, Path log) {
            this.configuration = configuration;
            this.log = log;
        }
    }

    /**
     * Writes a configuration for each node; starts none.
     *
     * @param launcher the distribution's {@code bin/meridian}
     * @param folder for configurations, data and logs; made where it is missing
     */
    public ProcessCluster(ClusterLayout layout, Path launcher, Path folder) throws IOException {
        this.layout = layout;
        this.launcher = launcher.toAbsolutePath();
        this.folder = Files.createDirectories(folder).toRealPath();
        Map<String, Address> peers = new LinkedHashMap<>();
        layout.nodes().forEach(node -> peers.put(node, FreePorts.next()));
        for (Map.Entry<String, Address> peer : peers.entrySet()) {
            String name = peer.getKey();
            NodeConfiguration.Listen listen =
                    new NodeConfiguration.Listen(FreePorts.next(), FreePorts.next(), peer.getValue(), FreePorts.next());
            NodeConfiguration configuration = new NodeConfiguration(
                    layout, name, this.folder.resolve(name).toString(), listen, peers);
            Files.writeString(configurationFile(name), configuration.yaml());
            nodes.put(name, new Node(configuration, this.folder.resolve(name + ".log")));
        }
        Runtime.getRuntime().addShutdownHook(closer);
        this.orphans = Orphans.watch(this.folder);
    }

    private Path configurationFile(String node) {
        return folder.resolve(node + ".yaml");
    }

    @Override
    public ClusterLayout layout() {
        return layout;
    }

    @Override
    public void start() {
        layout.nodes().forEach(this::start);
    }

    @Override
    public synchronized void start(String name) {
        Node node = node(name);
        require(node, State.DOWN, name);
        try {
            ProcessBuilder builder = new ProcessBuilder(
                            launcher.toString(),
                            "server",
                            "--config",
                            configurationFile(name).toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(node.log.toFile()));
            environment(builder.environment());
            node.process = builder.start();
            orphans.add(node.process.pid());
            node.process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name + " by " + launcher, e);
        }
        node.state = State.RUNNING;
    }

    /** Makes the caller's environment a node's: what overrides its configuration there is not meant for it. */
    static void environment(Map<String, String> variables) {
        variables.keySet().removeIf(name -> name.startsWith("MERIDIAN_"));
        variables.put("MERIDIAN_JAVA_OPTS", NodeConfiguration.JAVA_OPTS);
    }

    @Override
    public synchronized void kill(String name) {
        Node node = node(name);
        if (node.state == State.DOWN) {
            throw new IllegalStateException(name + " is down already");
        }
        endOf(name, node).ifPresent(unexpected::add);
        kill(node);
    }

    private static void kill(Node node) {
        Process process = node.process;
        if (process != null) {
            // A launcher that does not exec has the node as its child.
            List<ProcessHandle> family = family(process);
            family.forEach(ProcessHandle::destroyForcibly);
            try {
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("process " + process.pid() + " survived kill -9 for 10 s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        node.process = null;
        node.state = State.DOWN;
    }

    @Override
    public synchronized void pause(String name) {
        Node node = node(name);
        require(node, State.RUNNING, name);
        signal(node, "-STOP");
        node.state = State.PAUSED;
    }

    @Override
    public synchronized void resume(String name) {
        Node node = node(name);
        require(node, State.PAUSED, name);
        signal(node, "-CONT");
        node.state = State.RUNNING;
    }

    private static void signal(Node node, String signal) {
        Process process = node.process;
        if (process == null || !process.isAlive()) {
            return; // It ended by itself: unexpectedEnds tells.
        }
        List<String> command = new ArrayList<>(List.of("kill", signal));
        family(process).forEach(handle -> command.add(Long.toString(handle.pid())));
        try {
            int code = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (code != 0 && process.isAlive()) {
                throw new IllegalStateException(command + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ProcessHandle> family(Process process) {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    @Override
    public synchronized State state(String name) {
        return node(name).state;
    }

    @Override
    public Address resp(String name) {
        return node(name).configuration.listen().resp();
    }

    /** The process of a node that is not down. */
    synchronized ProcessHandle process(String name) {
        Process process = node(name).process;
        if (process == null) {
            throw new IllegalStateException(name + " is down");
        }
        return process.toHandle();
    }

    @Override
    public synchronized List<String> unexpectedEnds() {
        List<String> ends = new ArrayList<>(unexpected);
        nodes.forEach((name, node) -> endOf(name, node).ifPresent(ends::add));
        return ends;
    }

    private static Optional<String> endOf(String name, Node node) {
        Process process = node.process;
        return process == null || process.isAlive()
                ? Optional.empty()
                : Optional.of("%s ended by itself with %d; its log ends:%n%s"
                        .formatted(name, process.exitValue(), endOf(node.log)));
    }

    private static String endOf(Path log) {
        try {
            List<String> lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    @Override
    public void close() {
        EveryStep.of(this::killAll, orphans::close, this::forgetCloser);
    }

    private void forgetCloser() {
        try {
            Runtime.getRuntime().removeShutdownHook(closer);
        } catch (IllegalStateException _) {
            // The hook is running, or about to: it finds nothing left to kill.
        }
    }

    private synchronized void killAll() {
        EveryStep.of(nodes.values(), ProcessCluster::kill);
    }

    private Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name + " in " + nodes.keySet());
        }
        return node;
    }

    private static void require(Node node, State state, String name) {
        if (node.state != state) {
            throw new IllegalStateException(name + " is " + node.state + ", not " + state);
        }
    }
}
