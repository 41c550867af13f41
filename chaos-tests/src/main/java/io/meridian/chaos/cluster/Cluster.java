// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.util.List;

/**
 * A cluster of nodes under the harness's hand.
 *
 * <p>All methods may block; faults on one node come from one thread. Closing ends every node and whatever was started
 * for them, also after a failure to start; it keeps the logs.
 */
public interface Cluster extends AutoCloseable {
    /** What the harness did last to a node. */
    enum State {
        RUNNING,
        PAUSED,
        DOWN
    }

    ClusterLayout layout();

    /** Starts every node; does not wait until they answer. */
    void start();

    /** Starts a node that is down again, with its data. */
    void start(String node);

    /** Ends a running or paused node at once, as kill -9. */
    void kill(String node);

    /** Stops a running node from doing anything, as SIGSTOP; its connections stay. */
    void pause(String node);

    /** Lets a paused node go on, as SIGCONT. */
    void resume(String node);

    State state(String node);

    /** Where Redis clients connect; the same over the cluster's life. */
    Address resp(String node);

    /** The nodes that ended by themselves while they should run, each with how and the end of its log. */
    List<String> unexpectedEnds();

    @Override
    void close();
}
