// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.node;

import io.meridian.router.topology.Database;
import io.meridian.server.config.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The folder of one node, held by this process until closed.
 *
 * <p>A file in it says whose it is: cluster, node, and each database with its number and home. So that a node never runs
 * on another's entries, and no configuration gives a database's entries to another one.
 */
public final class NodeDirectory implements AutoCloseable {
    /** Of the folder's layout; one of a higher number is refused. */
    static final int FORMAT = 1;

    private static final String LOCK = "lock";
    private static final String IDENTITY = "identity";
    private static final String DATABASE = "database.";

    private final Path path;
    private final FileChannel lock;

    private NodeDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /** Takes the folder, and makes it when there is none; notes databases that are new. */
    static NodeDirectory open(NodeConfig config) throws StartException {
        Path path = config.data().toAbsolutePath().normalize();
        try {
            Files.createDirectories(path);
            FileChannel lock = lock(path);
            try {
                checkIdentity(path, config);
                return new NodeDirectory(path, lock);
            } catch (StartException | IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StartException(ExitCode.IO, "the data directory " + path + " cannot be used: " + e, e);
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    private static FileChannel lock(Path path) throws IOException, StartException {
        Path file = path.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (!isLocked(channel)) {
                String holder = Files.readString(file).strip();
                throw new StartException(
                        ExitCode.UNAVAILABLE,
                        "the data directory " + path + " is in use" + (holder.isEmpty() ? "" : " by process " + holder)
                                + ": stop that one first");
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return channel;
        } catch (StartException | IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    private static void checkIdentity(Path path, NodeConfig config) throws IOException, StartException {
        Path file = path.resolve(IDENTITY);
        if (!Files.exists(file)) {
            refuseForeignFiles(path);
            Map<String, String> fresh = new LinkedHashMap<>();
            fresh.put("format", Integer.toString(FORMAT));
            fresh.put("cluster", config.cluster());
            fresh.put("node", config.node().name());
            fresh.putAll(databases(config));
            write(file, fresh);
            return;
        }
        Map<String, String> found = read(file);
        checkFormat(path, found);
        require(path, found, "cluster", config.cluster());
        require(path, found, "node", config.node().name());
        Map<String, String> merged = new LinkedHashMap<>(found);
        merged.putAll(checkDatabases(path, found, databases(config)));
        if (!merged.equals(found)) {
            write(file, merged);
        }
    }

    private static void refuseForeignFiles(Path path) throws IOException, StartException {
        try (Stream<Path> files = Files.list(path)) {
            // A file system of its own begins with lost+found.
            List<String> foreign = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.equals(LOCK) && !name.equals("lost+found") && !name.startsWith(IDENTITY))
                    .sorted()
                    .limit(3)
                    .toList();
            if (!foreign.isEmpty()) {
                throw new StartException(
                        ExitCode.CONFIG,
                        "the data directory " + path + " is not empty and not Meridian's: it has " + foreign
                                + " but no file '" + IDENTITY + "'");
            }
        }
    }

    private static void checkFormat(Path path, Map<String, String> found) throws StartException {
        String format = found.getOrDefault("format", "");
        if (!format.matches("[0-9]{1,9}")) {
            throw damaged(path, "it does not say its format");
        }
        if (Integer.parseInt(format) > FORMAT) {
            throw new StartException(
                    ExitCode.CONFIG,
                    "the data directory " + path + " was written by a newer version: it has format " + format + ", and "
                            + Version.text() + " knows up to " + FORMAT);
        }
    }

    private static void require(Path path, Map<String, String> found, String name, String expected)
            throws StartException {
        String value = found.get(name);
        if (value == null) {
            throw damaged(path, "it does not say its " + name);
        }
        if (!value.equals(expected)) {
            throw new StartException(
                    ExitCode.CONFIG,
                    "the data directory " + path + " belongs to " + name + " '" + value + "', not to '" + expected
                            + "': set 'data' to another folder");
        }
    }

    private static Map<String, String> databases(NodeConfig config) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Database database : config.catalog().databases()) {
            all.put(DATABASE + database.name(), database.id() + " " + database.home());
        }
        return all;
    }

    /** Refuses a database whose number or home changed, and a number that goes to another; returns those configured. */
    private static Map<String, String> checkDatabases(
            Path path, Map<String, String> found, Map<String, String> configured) throws StartException {
        for (Map.Entry<String, String> database : configured.entrySet()) {
            String name = database.getKey().substring(DATABASE.length());
            String before = found.getOrDefault(database.getKey(), database.getValue());
            if (!before.equals(database.getValue())) {
                throw new StartException(
                        ExitCode.CONFIG,
                        "database '" + name + "' has id and home '" + before + "' in the data directory " + path
                                + ", but '" + database.getValue() + "' in the configuration: neither can change");
            }
            String id = database.getValue().substring(0, database.getValue().indexOf(' ') + 1);
            for (Map.Entry<String, String> other : found.entrySet()) {
                if (other.getKey().startsWith(DATABASE)
                        && !other.getKey().equals(database.getKey())
                        && other.getValue().startsWith(id)) {
                    throw new StartException(
                            ExitCode.CONFIG,
                            "database '" + name + "' has the id " + id.strip() + ", which is that of '"
                                    + other.getKey().substring(DATABASE.length()) + "' in the data directory " + path
                                    + ": an id is never used again");
                }
            }
        }
        return configured;
    }

    private static Map<String, String> read(Path file) throws IOException, StartException {
        Map<String, String> values = new LinkedHashMap<>();
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                if (equals <= 0 || values.put(line.substring(0, equals), line.substring(equals + 1)) != null) {
                    throw damaged(parent(file), "a line in it is not name=value, or is there twice");
                }
            }
        } catch (UncheckedIOException | CharacterCodingException _) {
            throw damaged(parent(file), "it is not text");
        }
        return values;
    }

    /** Replaces the file as a whole: after a crash there is the old or the new one. */
    private static void write(Path file, Map<String, String> values) throws IOException {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Path temporary = file.resolveSibling(IDENTITY + ".new");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(parent(file), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private static StartException damaged(Path path, String how) {
        return new StartException(
                ExitCode.CONFIG,
                "the file " + path.resolve(IDENTITY) + " is damaged: " + how + "; nothing was changed");
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException(file + " has no folder");
        }
        return parent;
    }
}
