// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of one replica: {@code log}, {@code meta}, {@code snapshot}, and {@code replica}, which says whose they are.
 *
 * <p>A voter that has lost its log or its vote must never take part again as the same: it may have promised what it no longer
 * knows (Raft §5.4). Here that is refused when a part of the directory is gone; a directory that is gone wholly looks like
 * that of a new replica.
 */
final class ReplicaFolder {
    private static final String CLUSTER = "cluster";
    private static final String NODE = "node";
    private static final String GROUP = "group";
    private static final String REPLICA = "replica";
    private static final String STARTED = "started";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;
    private final IdentityFile file;
    private Map<String, String> identity;
    private final boolean isNew;

    private ReplicaFolder(Path directory, IdentityFile file, Map<String, String> identity, boolean isNew) {
        this.directory = directory;
        this.file = file;
        this.identity = identity;
        this.isNew = isNew;
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
        ReplicaFolder folder = new ReplicaFolder(directory, file, identity, false);
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
        return new ReplicaFolder(directory, file, identity, true);
    }

    private void requirePart(Path part, String what) throws StoreException {
        if (!Files.exists(part)) {
            throw new StoreException("the replica in " + directory + " has lost its " + what + " (" + part
                    + " is missing): it must not take part in group " + identity.get(GROUP)
                    + " again under this identity. Restore the directory, or remove the replica from the group, delete"
                    + " the directory and add it anew");
        }
    }

    /** Remembers, once there is a vote to lose, that the parts must be there from now on. Cheap when done already. */
    void noteStarted() throws IOException {
        if (!identity.containsKey(STARTED) && Files.exists(voteFile())) {
            Map<String, String> started = new LinkedHashMap<>(identity);
            started.put(STARTED, "yes");
            file.write(started);
            identity = started;
        }
    }

    /** A random name that no other replica has or had. */
    String replicaId() {
        return identity.getOrDefault(REPLICA, "");
    }

    /** Whether the directory was made just now. */
    boolean isNew() {
        return isNew;
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
        return meta().resolve("raft_meta");
    }
}
