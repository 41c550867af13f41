// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that nodes' transports run on; all nodes of a process share one.
 *
 * <p>Snapshots have their own two pools: an InstallSnapshot occupies a thread until the whole snapshot is here, and asks
 * the other node's file pool for its pieces; one pool for both could wait for itself across nodes.
 */
public final class TransportThreads implements AutoCloseable {
    private static final int CONTROL_THREADS = 4;
    private static final int FILE_THREADS = 4;
    private static final int INSTALL_THREADS = 64;
    private static final int QUEUED_MAX = 16_384;

    private final EventLoopGroup eventLoops;
    private final ThreadPoolExecutor control;
    private final ThreadPoolExecutor files;
    private final ThreadPoolExecutor installs;

    private TransportThreads(int eventLoopThreads) {
        eventLoops = new MultiThreadIoEventLoopGroup(
                eventLoopThreads, new DefaultThreadFactory("meridian-peer-io", true), NioIoHandler.newFactory());
        control = pool("meridian-peer-control", CONTROL_THREADS, QUEUED_MAX);
        files = pool("meridian-peer-files", FILE_THREADS, QUEUED_MAX);
        installs = pool("meridian-peer-install", INSTALL_THREADS, QUEUED_MAX);
    }

    /** Starts the threads; the caller closes them after every transport and server that uses them. */
    public static TransportThreads start(int eventLoopThreads) {
        return new TransportThreads(eventLoopThreads);
    }

    /** For connections between nodes, both ends. */
    public EventLoopGroup eventLoops() {
        return eventLoops;
    }

    /** Votes, read index, connection events: short work that may wait for a group's lock or an fsync. */
    Executor control() {
        return control;
    }

    Executor files() {
        return files;
    }

    Executor installs() {
        return installs;
    }

    @Override
    public void close() {
        control.shutdown();
        files.shutdown();
        installs.shutdownNow();
        eventLoops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
    }

    /** All threads end when idle. A full queue rejects, and the sender of the request is told that it is busy. */
    private static ThreadPoolExecutor pool(String name, int threads, int queuedMax) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(queuedMax);
        ThreadPoolExecutor pool = new ThreadPoolExecutor(threads, threads, 30, TimeUnit.SECONDS, queue, factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
