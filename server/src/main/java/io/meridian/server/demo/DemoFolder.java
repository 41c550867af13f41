// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.demo;

import io.meridian.router.topology.Topology;
import io.meridian.server.config.ConfigException;
import io.meridian.server.config.ConfigLoader;
import io.meridian.server.node.ExitCode;
import io.meridian.server.node.StartException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one demo: of one process at a time, and of the regions and nodes that it began with.
 *
 * <p>These stand in the configurations of the nodes whose data is there: a demo that ended before its first node was started
 * leaves a folder for any.
 */
public final class DemoFolder implements AutoCloseable {
    private static final String LOCK = "demo.lock";

    private final FileChannel channel;

    private DemoFolder(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes an existing folder, before anything in it is changed.
     *
     * @throws StartException when another demo runs in it, or one of other regions or nodes is kept there
     */
    public static DemoFolder take(Path folder, DemoSettings settings) throws StartException, IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock(channel) == null) {
                throw new StartException(ExitCode.UNAVAILABLE, "the folder " + folder + " is in use by another demo");
            }
            String wanted = options(settings.regions(), settings.nodesPerRegion());
            Optional<String> kept = kept(folder);
            if (kept.isPresent() && !kept.get().equals(wanted)) {
                throw new StartException(
                        ExitCode.CONFIG,
                        "the folder " + folder + " holds a demo of " + kept.get() + ", not of " + wanted
                                + ": start it like that, or take another folder");
            }
            return new DemoFolder(channel);
        } catch (StartException | IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    /** The options of the demo whose nodes are there; empty where none are. */
    private static Optional<String> kept(Path folder) throws StartException, IOException {
        Optional<Path> configuration;
        try (Stream<Path> files = Files.list(folder)) {
            configuration = files.filter(Files::isDirectory)
                    .map(node -> DemoConfiguration.file(folder, String.valueOf(node.getFileName())))
                    .filter(Files::isRegularFile)
                    .findAny();
        }
        if (configuration.isEmpty()) {
            return Optional.empty();
        }
        try {
            Topology topology =
                    ConfigLoader.load(configuration.get(), Map.of()).config().topology();
            List<String> regions = topology.regions().stream()
                    .map(region -> region.id().toString())
                    .toList();
            return Optional.of(
                    options(regions, topology.regions().getFirst().nodes().size()));
        } catch (ConfigException refused) {
            throw new StartException(
                    ExitCode.CONFIG,
                    "it cannot be told which demo the folder " + folder + " holds, take another one: "
                            + refused.getMessage());
        }
    }

    private static String options(List<String> regions, int nodesPerRegion) {
        return "--regions " + String.join(",", regions) + " --nodes-per-region " + nodesPerRegion;
    }

    /** Lets others take it. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
