// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The files of one replica: {@code log}, {@code meta}, {@code snapshot}, and {@code replica}, which says whose they are.
 *
 * <p>A voter that has lost its log or its vote must never take part again as the same: it may have promised what it no longer
 * knows (Raft §5.4). That is refused here when a part of the directory is gone. A directory that is gone wholly looks like
 * that of a new replica, which therefore gives no vote before others remember it: see {@link Introductions}.
 */
final class ReplicaFolder {
    private static final String CLUSTER = "cluster";
    private static final String NODE = "node";
    private static final String GROUP = "group";
    private static final String REPLICA = "replica";
    private static final String STARTED = "started";
    private static final String ACQUAINTED = "acquainted";
    private static final String INDEX = "index";
    private static final String SNAPSHOT_PREFIX = "snapshot_";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;
    private final IdentityFile file;
    private final IdentityFile peersFile;
    private final IdentityFile floorFile;
    private final long floorWhenOpened;
    // The four are guarded by this.
    private long floor;
    private Map<String, String> identity;
    private final Map<String, String> peers;
    private final Set<String> acquainted;

    private ReplicaFolder(Path directory, IdentityFile file, Map<String, String> identity) throws StoreException {
        this.directory = directory;
        this.file = file;
        this.identity = identity;
        this.peersFile = new IdentityFile(directory, "peers");
        this.floorFile = new IdentityFile(directory, "floor");
        this.floorWhenOpened = floorFile.exists() ? floorFile.readNumber(INDEX) : 0;
        this.floor = floorWhenOpened;
        this.peers = new TreeMap<>(peersFile.exists() ? peersFile.read() : Map.of());
        String names = identity.getOrDefault(ACQUAINTED, "");
        this.acquainted = new TreeSet<>(names.isEmpty() ? List.of() : List.of(names.split(",")));
    }

    /** Opens the directory of a replica, or makes it; refuses one that is another's, or that has lost a part. */
    static ReplicaFolder open(Path directory, String cluster, String node, String group) throws StoreException {
        IdentityFile file = new IdentityFile(directory, "replica");
        try {
            Files.createDirectories(directory);
            if (!file.exists()) {
                return create(directory, file, cluster, node, group);
            }
        } catch (IOException failed) {
            throw new StoreException(directory + " cannot be used: " + failed, failed);
        }
        Map<String, String> identity = file.read();
        file.require(identity, CLUSTER, cluster);
        file.require(identity, NODE, node);
        file.require(identity, GROUP, group);
        ReplicaFolder folder = new ReplicaFolder(directory, file, identity);
        if (identity.containsKey(STARTED)) {
            folder.requirePart(folder.log().resolve("CURRENT"), "log");
            folder.requirePart(folder.voteFile(), "record of its vote");
        }
        return folder;
    }

    private static ReplicaFolder create(Path directory, IdentityFile file, String cluster, String node, String group)
            throws IOException, StoreException {
        if (Files.exists(directory.resolve("log")) || Files.exists(directory.resolve("meta"))) {
            throw new StoreException(directory + " holds a replica's files, but nothing that says whose they are");
        }
        byte[] id = new byte[16];
        RANDOM.nextBytes(id);
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put(CLUSTER, cluster);
        identity.put(NODE, node);
        identity.put(GROUP, group);
        identity.put(REPLICA, HexFormat.of().formatHex(id));
        file.write(identity);
        return new ReplicaFolder(directory, file, identity);
    }

    private void requirePart(Path part, String what) throws StoreException {
        if (!Files.exists(part)) {
            throw new StoreException(
                    "the replica in " + directory + " has lost its " + what + " (" + part + " is missing)");
        }
    }

    /** Remembers, once there is a vote to lose, that the parts must be there from now on. Cheap when done already. */
    synchronized void noteStarted() throws IOException {
        if (!identity.containsKey(STARTED) && Files.exists(voteFile())) {
            write(STARTED, "yes");
        }
    }

    private void write(String name, String value) throws IOException {
        Map<String, String> changed = new LinkedHashMap<>(identity);
        changed.put(name, value);
        file.write(changed);
        identity = changed;
    }

    /** Another node's replica says its name: remembers it, unless one is remembered already; gives the one remembered. */
    synchronized String acquaint(String node, String replica) throws IOException {
        String known = peers.get(node);
        if (known != null) {
            return known;
        }
        Map<String, String> changed = new TreeMap<>(peers);
        changed.put(node, replica);
        peersFile.write(changed);
        peers.put(node, replica);
        return replica;
    }

    /** The node remembers this replica now. */
    synchronized void noteAcquainted(String node) throws IOException {
        if (acquainted.add(node)) {
            write(ACQUAINTED, String.join(",", acquainted));
        }
    }

    /** The nodes that remember this replica. */
    synchronized Set<String> acquainted() {
        return Set.copyOf(acquainted);
    }

    /**
     * Remembers an index that is committed, applied and synced here: a log that ends below it when it is opened again has lost
     * entries that this replica has acknowledged. RocksDB drops, without a word, what follows a damaged record. Does nothing for an index that is
     * not above the one remembered: what is applied begins anew at the snapshot when the replica is opened.
     */
    synchronized void noteFloor(long index) throws IOException {
        if (index > floor) {
            floorFile.write(Map.of(INDEX, Long.toString(index)));
            floor = index;
        }
    }

    /** Whether a log that ends at this index, with the snapshot there is, has everything up to the floor. */
    boolean isWhole(long lastLogIndex) {
        return Math.max(lastLogIndex, newestSnapshot()) >= floorWhenOpened;
    }

    /** The index that the log must reach. */
    long floor() {
        return floorWhenOpened;
    }

    /** The index of the newest snapshot; 0 for none. */
    long newestSnapshot() {
        String[] names = snapshot().toFile().list();
        long newest = 0;
        for (String name : names == null ? new String[0] : names) {
            if (name.startsWith(SNAPSHOT_PREFIX)) {
                newest = Math.max(newest, Long.parseLong(name.substring(SNAPSHOT_PREFIX.length())));
            }
        }
        return newest;
    }

    /** A random name that no other replica has or had. */
    synchronized String replicaId() {
        return identity.getOrDefault(REPLICA, "");
    }

    Path directory() {
        return directory;
    }

    Path log() {
        return directory.resolve("log");
    }

    Path meta() {
        return directory.resolve("meta");
    }

    Path snapshot() {
        return directory.resolve("snapshot");
    }

    private Path voteFile() {
        return meta().resolve(VoteFile.NAME);
    }
}
