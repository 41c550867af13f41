// SPDX-License-Identifier: Apache-2.0
package io.meridian.store;

import io.grpc.BindableService;
import io.meridian.engine.command.CommandTable;
import io.meridian.store.transport.PeerChannels;
import io.meridian.store.transport.PeerTransport;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All replicas of one node, with the directory and the threads that they share.
 *
 * <p>Many stores may live in one process, each with a directory of its own. Safe for any thread.
 */
public final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);
    private static final int BACKGROUND_THREADS = 2;
    private static final int BACKGROUND_TASKS_MAX = 1_024;

    private final StoreOptions options;
    private final PeerTransport transport;
    private final CommandTable commands;
    private final FileChannel lockFile;
    private final DiskSpace disk;
    private final ScheduledThreadPoolExecutor timers;
    // A tick may wait for the disk; what waits for more commands is to wait no longer than it was told.
    private final ScheduledThreadPoolExecutor alarms;
    private final ThreadPoolExecutor background;
    private final StalenessProbe probe;
    private final PeerChannels channels;
    private final Map<String, Replica> replicas = new ConcurrentHashMap<>();
    private final Map<String, ReplicaFolder> folders = new ConcurrentHashMap<>();

    private Store(
            StoreOptions options,
            PeerTransport transport,
            PeerChannels channels,
            CommandTable commands,
            FileChannel lockFile)
            throws IOException {
        this.options = options;
        this.transport = transport;
        this.channels = channels;
        this.commands = commands;
        this.lockFile = lockFile;
        this.disk = new DiskSpace(options.directory(), options.tuning().freeBytesMin());
        this.timers = new ScheduledThreadPoolExecutor(1, threads("meridian-store-timer"));
        this.timers.setRemoveOnCancelPolicy(true);
        this.alarms = new ScheduledThreadPoolExecutor(1, threads("meridian-store-alarm"));
        this.background = new ThreadPoolExecutor(
                BACKGROUND_THREADS,
                BACKGROUND_THREADS,
                30,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(BACKGROUND_TASKS_MAX),
                threads("meridian-store-background"));
        this.background.allowCoreThreadTimeOut(true);
        this.probe = new StalenessProbe(transport.self(), channels, replicas);
    }

    private static ThreadFactory threads(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Opens the node's directory; the caller closes the store before the transport. Its replicas are started one by one. */
    public static Store open(
            StoreOptions options, PeerTransport transport, PeerChannels channels, CommandTable commands)
            throws StoreException {
        Path directory = options.directory();
        FileChannel lockFile;
        try {
            Files.createDirectories(directory);
            lockFile = lock(directory);
        } catch (IOException failed) {
            throw new StoreException(directory + " cannot be used: " + failed, failed);
        }
        try {
            claim(options);
            RaftSettings.load();
            Store store = new Store(options, transport, channels, commands, lockFile);
            store.disk.look();
            int millis = options.tuning().tickMillis();
            var _ = store.timers.scheduleWithFixedDelay(store::tick, millis, millis, TimeUnit.MILLISECONDS);
            return store;
        } catch (IOException failed) {
            close(lockFile);
            throw new StoreException(directory + " cannot be used: " + failed, failed);
        } catch (StoreException | RuntimeException | Error refused) {
            close(lockFile);
            throw refused;
        }
    }

    private static FileChannel lock(Path directory) throws IOException, StoreException {
        FileChannel file =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = file.tryLock() != null;
        } catch (OverlappingFileLockException sameProcess) {
            LOG.debug("{} is in use by this process", directory);
        } finally {
            if (!locked) {
                file.close();
            }
        }
        if (!locked) {
            throw new StoreException(directory + " is in use by another node or process");
        }
        return file;
    }

    private static void claim(StoreOptions options) throws StoreException, IOException {
        IdentityFile file = new IdentityFile(options.directory(), "node");
        if (file.exists()) {
            Map<String, String> identity = file.read();
            file.require(identity, "cluster", options.cluster());
            file.require(identity, "node", options.node());
        } else {
            file.write(Map.of("cluster", options.cluster(), "node", options.node()));
        }
    }

    /** Starts the node's replica of a group as the other does, with no voter preferred as the leader. */
    public Replica start(Membership membership) throws StoreException {
        return start(membership, Optional.empty());
    }

    /**
     * Starts the node's replica of a group; blocks until its snapshot is loaded. One that cannot start does not hinder others.
     *
     * @param preferredLeader the voter that this replica, while it leads, gives leadership to once that one keeps up with it
     * @throws StoreException when the replica's files cannot be used, with what the operator may do
     */
    public Replica start(Membership membership, Optional<String> preferredLeader) throws StoreException {
        if (!membership.includes(options.node())) {
            throw new StoreException("node " + options.node() + " has no part in group " + membership.group());
        }
        if (preferredLeader.isPresent() && !membership.voters().contains(preferredLeader.get())) {
            throw new StoreException("node " + preferredLeader.get() + " cannot lead group " + membership.group()
                    + ": it does not vote there");
        }
        if (replicas.containsKey(membership.group())) {
            throw new StoreException("group " + membership.group() + " has been started already");
        }
        Path directory = options.directory().resolve("groups").resolve(RaftSettings.raftName(membership.group()));
        try {
            ReplicaFolder folder = ReplicaFolder.open(directory, options.cluster(), options.node(), membership.group());
            folders.put(membership.group(), folder);
            Replica replica = new Replica(this, membership, preferredLeader, folder);
            replica.start();
            replicas.put(membership.group(), replica);
            return replica;
        } catch (StoreException refused) {
            folders.remove(membership.group());
            throw new StoreException(refused.getMessage() + remedy(membership, directory), refused);
        }
    }

    /** A voter without what it has promised may make the group forget what it acknowledged; a learner has promised nothing. */
    private String remedy(Membership membership, Path directory) {
        return membership.voters().contains(options.node())
                ? ". If the reason cannot be mended, restore " + directory + " as it was when the node stopped, not an"
                        + " older copy: this node votes in group " + membership.group()
                        + ", and must not come back without what it has promised there"
                : ". If the reason cannot be mended, remove " + directory + " and start the node again: it only learns"
                        + " group " + membership.group() + ", which is then copied anew";
    }

    public Optional<Replica> replica(String group) {
        return Optional.ofNullable(replicas.get(group));
    }

    /** The replicas that have been started, in no order. */
    public List<Replica> replicas() {
        return List.copyOf(replicas.values());
    }

    /** Bytes left for the node's files, as seen at the last tick. */
    public long freeBytes() {
        return disk.freeBytes();
    }

    /** Answers what other nodes' stores ask; to be added to the node's server. */
    public BindableService service() {
        return new StoreService(transport.self(), replicas, folders);
    }

    private void tick() {
        try {
            disk.look();
        } catch (IOException failed) {
            LOG.warn("the free space of {} is unknown: {}", options.directory(), failed.toString());
        }
        for (Replica replica : replicas.values()) {
            Batcher.complete(replica::tick);
        }
        Batcher.complete(probe::ask);
    }

    /** Closes all replicas, those that lead after handing leadership over; blocks some seconds at most. */
    @Override
    public void close() {
        try {
            closeReplicas();
            timers.shutdownNow();
            alarms.shutdownNow();
            probe.close();
            background.shutdown();
        } finally {
            close(lockFile);
        }
    }

    private void closeReplicas() {
        List<CompletableFuture<?>> closing = new ArrayList<>();
        for (Replica replica : replicas.values()) {
            closing.add(CompletableFuture.runAsync(() -> Batcher.complete(replica::close), Store::startClosing));
        }
        // An interrupt does not end this: their files are open until then, and others may take the directory after it.
        closing.forEach(CompletableFuture::join);
        replicas.clear();
    }

    private static void startClosing(Runnable task) {
        var _ = Thread.ofPlatform().name("meridian-store-close").start(task);
    }

    private static void close(FileChannel file) {
        try {
            file.close();
        } catch (IOException failed) {
            LOG.warn("the lock of a store cannot be closed: {}", failed.toString());
        }
    }

    String node() {
        return options.node();
    }

    StoreTuning tuning() {
        return options.tuning();
    }

    PeerTransport transport() {
        return transport;
    }

    PeerChannels channels() {
        return channels;
    }

    CommandTable commands() {
        return commands;
    }

    DiskSpace disk() {
        return disk;
    }

    /** For what may take its time, one after the other. */
    ScheduledExecutorService timers() {
        return timers;
    }

    /** For what is to happen on time, and is soon done. */
    ScheduledExecutorService alarms() {
        return alarms;
    }

    Executor background() {
        return background;
    }
}
