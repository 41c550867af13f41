// SPDX-License-Identifier: Apache-2.0
package io.meridian.store.transport;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Where the nodes are: node name to host and port, changeable while nodes run, from any thread.
 *
 * <p>Raft knows nodes by name only, so that a node may move without a change of membership.
 */
public final class PeerAddresses {
    /** Where a node's peer port is; the host is resolved anew for each connection. */
    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    private final Map<String, HostPort> byNode = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<String>> listeners = new CopyOnWriteArrayList<>();

    /** Sets or moves a node; open connections to its old address end and are made anew. */
    public void put(String node, String host, int port) {
        HostPort address = new HostPort(host, port);
        if (!address.equals(byNode.put(node, address))) {
            listeners.forEach(listener -> listener.accept(node));
        }
    }

    /** Forgets a node; open connections to it end. */
    public void remove(String node) {
        if (byNode.remove(node) != null) {
            listeners.forEach(listener -> listener.accept(node));
        }
    }

    public Optional<HostPort> find(String node) {
        return Optional.ofNullable(byNode.get(node));
    }

    /** The names known now, in no order. */
    public Set<String> nodes() {
        return Set.copyOf(byNode.keySet());
    }

    /** Calls with a node's name after each change of its address; the returned action ends that. */
    public Runnable onChange(Consumer<String> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
