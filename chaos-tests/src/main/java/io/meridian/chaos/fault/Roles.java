// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.fault;

import io.meridian.chaos.client.MeridianWords;
import io.meridian.chaos.client.ReplicaView;
import io.meridian.chaos.client.RespConnection;
import io.meridian.chaos.cluster.Cluster;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import redis.clients.jedis.exceptions.JedisException;

/** Tells which voters serve now, and which of them leads the home region's data. */
@FunctionalInterface
public interface Roles {
    /**
     * What the voters say of themselves.
     *
     * @param serving those that answer and know a leader; one that was just started does not do so at once
     * @param leader one of them, or empty: there is none, or it cannot be found out
     */
    record Seen(Set<String> serving, Optional<String> leader) {}

    Seen look();

    /** Asks every running voter; where two take themselves for the leader, the one that has committed more is. */
    static Roles of(Cluster cluster) {
        return () -> {
            List<NodeView> views = cluster.layout().voters().stream()
                    .filter(node -> cluster.state(node) == Cluster.State.RUNNING)
                    .flatMap(node -> view(cluster, node).stream().map(view -> new NodeView(node, view)))
                    .toList();
            Set<String> serving = views.stream()
                    .filter(view -> !view.view().leader().isEmpty())
                    .map(NodeView::node)
                    .collect(Collectors.toSet());
            Optional<String> leader = views.stream()
                    .filter(view -> view.view().isLeader())
                    .max(Comparator.comparingLong(view -> view.view().commit()))
                    .map(NodeView::node);
            return new Seen(serving, leader);
        };
    }

    /** A node and what it said. */
    record NodeView(String node, ReplicaView view) {}

    private static Optional<ReplicaView> view(Cluster cluster, String node) {
        Duration patience = Duration.ofMillis(500);
        String home = cluster.layout().home() + "/";
        try (RespConnection connection =
                RespConnection.open(cluster.resp(node), cluster.layout().token(), patience)) {
            return MeridianWords.replicas(connection).stream()
                    .filter(view -> view.group().startsWith(home))
                    .findFirst();
        } catch (JedisException notNow) {
            return Optional.empty();
        }
    }
}
