// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import io.meridian.proto.Hello;
import io.meridian.proto.Welcome;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * Who a node is to its peers; every stream between nodes begins by exchanging it.
 *
 * @param incarnation differs each time the process starts, so that a peer notices a restart
 * @param topology a digest of the cluster's regions and nodes, the same on all nodes
 * @param secret the same on all nodes
 */
public record PeerIdentity(String cluster, String node, long incarnation, long topology, PeerSecret secret) {
    /** What both ends of a stream must speak; raised when frames change their meaning. */
    public static final int PROTOCOL_VERSION = 2;

    private static final int NAME_SHOWN_MAX = 64;

    private static final SecureRandom RANDOM = new SecureRandom();

    public PeerIdentity {
        if (cluster.isBlank() || node.isBlank() || node.contains(":") || node.contains("/") || node.contains(",")) {
            throw new IllegalArgumentException("cluster and node need names, a node's without ':', '/' and ',': '"
                    + cluster + "', '" + node + "'");
        }
    }

    /** This process's identity, with a new incarnation. */
    public static PeerIdentity starting(String cluster, String node, long topology, PeerSecret secret) {
        return new PeerIdentity(cluster, node, RANDOM.nextLong(), topology, secret);
    }

    /** What this node says first on a stream to {@code peer}. */
    public Hello helloTo(String peer) {
        return Hello.newBuilder()
                .setCluster(cluster)
                .setFromNode(node)
                .setToNode(peer)
                .setProtocolVersion(PROTOCOL_VERSION)
                .setIncarnation(incarnation)
                .setTopology(topology)
                .setSecret(secret.bytes())
                .build();
    }

    /** What this node answers to a hello that fits. */
    public Welcome welcome() {
        return Welcome.newBuilder()
                .setCluster(cluster)
                .setNode(node)
                .setProtocolVersion(PROTOCOL_VERSION)
                .setIncarnation(incarnation)
                .build();
    }

    /** Why a stream that began with {@code hello} is refused, in words for a log; empty if it fits. */
    public Optional<String> problemWith(Hello hello) {
        if (!secret.isSaidBy(hello.getSecret())) {
            return Optional.of("its peer secret is not this node's");
        }
        if (!hello.getCluster().equals(cluster)) {
            return Optional.of("cluster is '" + shown(hello.getCluster()) + "', here it is '" + cluster + "'");
        }
        if (!hello.getToNode().equals(node)) {
            return Optional.of("it wants node '" + shown(hello.getToNode()) + "', this is '" + node + "'");
        }
        if (hello.getFromNode().isBlank() || hello.getFromNode().equals(node)) {
            return Optional.of("it says it is node '" + shown(hello.getFromNode()) + "'");
        }
        if (hello.getTopology() != topology) {
            return Optional.of("node '" + shown(hello.getFromNode()) + "' has other regions or nodes in its"
                    + " configuration than this one");
        }
        return problemWithVersion(hello.getProtocolVersion());
    }

    /** Why the answer of {@code peer} does not fit, in words for a log; empty if it does. */
    public Optional<String> problemWith(Welcome welcome, String peer) {
        if (!welcome.getCluster().equals(cluster)) {
            return Optional.of("cluster is '" + shown(welcome.getCluster()) + "', here it is '" + cluster + "'");
        }
        if (!welcome.getNode().equals(peer)) {
            return Optional.of("node '" + shown(welcome.getNode()) + "' answered for '" + peer + "'");
        }
        return problemWithVersion(welcome.getProtocolVersion());
    }

    private static Optional<String> problemWithVersion(int version) {
        return version == PROTOCOL_VERSION
                ? Optional.empty()
                : Optional.of("it speaks protocol version " + version + ", this node " + PROTOCOL_VERSION);
    }

    /** A stranger's word as a log may show it: short, and on one line. */
    private static String shown(String word) {
        String start = word.length() <= NAME_SHOWN_MAX ? word : word.substring(0, NAME_SHOWN_MAX) + "…";
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
