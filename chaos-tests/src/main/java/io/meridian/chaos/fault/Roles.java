// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.fault;

import io.meridian.chaos.client.MeridianWords;
import io.meridian.chaos.client.ReplicaView;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import redis.clients.jedis.exceptions.JedisException;

/** Tells which node leads the home region's data now. */
@FunctionalInterface
public interface Roles {
    /** The leader's node; empty while there is none, or it cannot be found out. */
    Optional<String> leader();

    /** Asks every running voter; where two take themselves for the leader, the one that has committed more is. */
    static Roles of(Cluster cluster) {
        return () -> cluster.layout().voters().stream()
                .filter(node -> cluster.state(node) == Cluster.State.RUNNING)
                .flatMap(node -> view(cluster, node).stream().map(view -> new NodeView(node, view)))
                .max(Comparator.comparingLong(view -> view.view().commit()))
                .map(NodeView::node);
    }

    /** A node and what it said. */
    record NodeView(String node, ReplicaView view) {}

    private static Optional<ReplicaView> view(Cluster cluster, String node) {
        Duration patience = Duration.ofMillis(500);
        String home = cluster.layout().home() + "/";
        try (RespConnection connection =
                RespConnection.open(cluster.resp(node), cluster.layout().token(), patience)) {
            return MeridianWords.replicas(connection).stream()
                    .filter(view -> view.isLeader() && view.group().startsWith(home))
                    .findFirst();
        } catch (JedisException notNow) {
            return Optional.empty();
        }
    }
}
