// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.InternalServerErrorException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.Ports;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * Each node a container on a network of the cluster's own; clients reach it by a fixed port of the loopback interface.
 *
 * <p>A container that was killed keeps its files and is started again as the same one.
 */
public final class ContainerCluster implements Cluster {
    private static final int RESP = 6379;
    private static final String CONFIGURATION = "/etc/meridian/node.yaml";

    private static final int FREEZE_TRIES = 20;

    /** The process that a container or network belongs to. */
    static final String HARNESS = "io.meridian.chaos.harness";

    static final String ME = Long.toString(ProcessHandle.current().pid());

    private final ClusterLayout layout;
    private final DockerImageName image;
    private final Path folder;
    private final String data;
    private final Network network;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<String> unexpected = new ArrayList<>();
    private final Thread closer = new Thread(this::removeAll, "container-cluster-closer");

    private static final class Node {
        private final GenericContainer<?> container;
        private final Address resp;
        private State state = State.DOWN;

        private Node(GenericContainer<?> container, Address resp) {
            this.container = container;
            this.resp = resp;
        }
    }

    /** Lets Testcontainers go on at once: the harness waits by itself. */
    private static final class NoWait extends AbstractWaitStrategy {
        @Override
        protected void waitUntilReady() {}
    }

    /**
     * Prepares a container for each node; starts none.
     *
     * @param image a local image whose entry point takes {@code server --config FILE}
     * @param data the folder for a node's data inside its container
     * @param folder for the logs
     */
    public ContainerCluster(ClusterLayout layout, String image, String data, Path folder) throws IOException {
        this.layout = layout;
        this.image = DockerImageName.parse(image);
        this.data = data;
        this.folder = Files.createDirectories(folder);
        removeOrphans();
        this.network = Network.builder()
                .createNetworkCmdModifier(command -> command.withLabels(Map.of(HARNESS, ME)))
                .build();
        Map<String, Address> peers = new LinkedHashMap<>();
        layout.nodes().forEach(node -> peers.put(node, new Address(node, 7400)));
        peers.keySet().forEach(node -> nodes.put(node, prepare(node, peers)));
        Runtime.getRuntime().addShutdownHook(closer);
    }

    /** What a harness that was killed has left behind. */
    private static void removeOrphans() {
        client().listContainersCmd().withShowAll(true).withLabelFilter(List.of(HARNESS)).exec().stream()
                .filter(container -> isGone(container.getLabels().getOrDefault(HARNESS, "")))
                .forEach(container -> client().removeContainerCmd(container.getId())
                        .withForce(true)
                        .exec());
        client().listNetworksCmd().withFilter("label", List.of(HARNESS)).exec().stream()
                .filter(old -> isGone(old.getLabels().getOrDefault(HARNESS, "")))
                .forEach(old -> client().removeNetworkCmd(old.getId()).exec());
    }

    private static boolean isGone(String harness) {
        return ProcessHandle.of(Long.parseLong(harness)).isEmpty();
    }

    private Node prepare(String name, Map<String, Address> peers) {
        NodeConfiguration.Listen listen =
                new NodeConfiguration.Listen(inside(RESP), inside(8080), inside(7400), inside(9400));
        String yaml = new NodeConfiguration(layout, name, data, listen, peers).yaml();
        Address resp = FreePorts.next();
        GenericContainer<?> container = new GenericContainer<>(image)
                .withNetwork(network)
                .withNetworkAliases(name)
                .withLabel(HARNESS, ME)
                .withExposedPorts(RESP)
                .withCopyToContainer(Transferable.of(yaml), CONFIGURATION)
                .withEnv("MERIDIAN_JAVA_OPTS", NodeConfiguration.JAVA_OPTS)
                .withCommand("server", "--config", CONFIGURATION)
                .withCreateContainerCmdModifier(command -> {
                    // Docker would choose another port at each start.
                    Ports ports = new Ports();
                    ports.bind(ExposedPort.tcp(RESP), Ports.Binding.bindIpAndPort(resp.host(), resp.port()));
                    var host = command.getHostConfig();
                    if (host != null) {
                        host.withPortBindings(ports);
                    }
                })
                .waitingFor(new NoWait());
        return new Node(container, resp);
    }

    private static Address inside(int port) {
        return new Address("0.0.0.0", port);
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
        Node node = node(name, EnumSet.of(State.DOWN));
        if (node.container.getContainerId() == null) {
            node.container.start();
        } else {
            client().startContainerCmd(node.container.getContainerId()).exec();
        }
        node.state = State.RUNNING;
    }

    @Override
    public synchronized void kill(String name) {
        Node node = node(name, EnumSet.of(State.RUNNING, State.PAUSED));
        String id = node.container.getContainerId();
        if (node.state == State.PAUSED) {
            client().unpauseContainerCmd(id).exec();
        }
        if (isRunning(node)) {
            client().killContainerCmd(id).withSignal("KILL").exec();
            client().waitContainerCmd(id).start().awaitStatusCode(20, TimeUnit.SECONDS);
        } else {
            unexpected.add(endOf(name, node));
        }
        node.state = State.DOWN;
    }

    @Override
    public synchronized void pause(String name) {
        Node node = node(name, EnumSet.of(State.RUNNING));
        if (isRunning(node)) {
            freeze(node.container.getContainerId());
        }
        node.state = State.PAUSED;
    }

    /** On a machine that is busy, the freezer may give up while new threads go on appearing, and thaws all again. */
    private static void freeze(String id) {
        for (int tries = 1; ; tries++) {
            try {
                client().pauseContainerCmd(id).exec();
                return;
            } catch (InternalServerErrorException e) {
                if (tries == FREEZE_TRIES || !String.valueOf(e.getMessage()).contains("unable to freeze")) {
                    throw e;
                }
            }
        }
    }

    @Override
    public synchronized void resume(String name) {
        Node node = node(name, EnumSet.of(State.PAUSED));
        if (isRunning(node)) {
            client().unpauseContainerCmd(node.container.getContainerId()).exec();
        }
        node.state = State.RUNNING;
    }

    @Override
    public synchronized State state(String name) {
        return node(name, EnumSet.allOf(State.class)).state;
    }

    @Override
    public Address resp(String name) {
        return node(name, EnumSet.allOf(State.class)).resp;
    }

    @Override
    public synchronized List<String> unexpectedEnds() {
        List<String> ends = new ArrayList<>(unexpected);
        nodes.forEach((name, node) -> {
            if (node.state != State.DOWN && !isRunning(node)) {
                ends.add(endOf(name, node));
            }
        });
        return ends;
    }

    private String endOf(String name, Node node) {
        return "%s ended by itself with %d; its log is %s"
                .formatted(name, inspect(node).getExitCodeLong(), saveLog(name, node));
    }

    @Override
    public void close() {
        EveryStep.of(this::removeAll, this::forgetCloser);
    }

    private void forgetCloser() {
        try {
            Runtime.getRuntime().removeShutdownHook(closer);
        } catch (IllegalStateException _) {
            // The hook is running, or about to: it finds nothing left to remove.
        }
    }

    private synchronized void removeAll() {
        EveryStep.of(() -> EveryStep.of(nodes.keySet(), this::remove), network::close);
    }

    private void remove(String name) {
        Node node = node(name, EnumSet.allOf(State.class));
        GenericContainer<?> container = node.container;
        if (container.getContainerId() != null) {
            EveryStep.of(
                    () -> {
                        if (node.state == State.PAUSED && isRunning(node)) {
                            client().unpauseContainerCmd(container.getContainerId())
                                    .exec();
                        }
                    },
                    () -> saveLog(name, node),
                    container::stop);
        }
        node.state = State.DOWN;
    }

    private Path saveLog(String name, Node node) {
        Path log = folder.resolve(name + ".log");
        try (OutputStream out = Files.newOutputStream(log);
                ResultCallback.Adapter<Frame> copier = new LogCopier(out)) {
            client().logContainerCmd(node.container.getContainerId())
                    .withStdOut(true)
                    .withStdErr(true)
                    .exec(copier)
                    .awaitCompletion(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the log of " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return log;
    }

    private static final class LogCopier extends ResultCallback.Adapter<Frame> {
        private final OutputStream out;

        private LogCopier(OutputStream out) {
            this.out = out;
        }

        @Override
        public void onNext(Frame frame) {
            try {
                out.write(frame.getPayload());
            } catch (IOException e) {
                onError(e);
            }
        }
    }

    private static boolean isRunning(Node node) {
        return Boolean.TRUE.equals(inspect(node).getRunning());
    }

    private static ContainerState inspect(Node node) {
        try {
            return client().inspectContainerCmd(node.container.getContainerId())
                    .exec()
                    .getState();
        } catch (DockerException e) {
            throw new IllegalStateException("cannot look at container " + node.container.getContainerId(), e);
        }
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    private Node node(String name, Set<State> allowed) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node " + name + " in " + nodes.keySet());
        }
        if (!allowed.contains(node.state)) {
            throw new IllegalStateException(name + " is " + node.state + ", not one of " + allowed);
        }
        return node;
    }
}
