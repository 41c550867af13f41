// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.cluster;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * The configuration file of one node.
 *
 * @param data the node's directory, as the node sees it
 * @param listen what this node listens on
 * @param peers where each node of the cluster is reached by the others
 */
public record NodeConfiguration(
        ClusterLayout layout, String node, String data, Listen listen, Map<String, Address> peers) {

    /** The four addresses a node listens on. */
    public record Listen(Address resp, Address rest, Address peer, Address admin) {}

    /** Half a dozen nodes share one machine, have little data, and live too short for the slower compiler to pay. */
    static final String JAVA_OPTS = "-Xms64m -Xmx512m -XX:TieredStopAtLevel=1";

    /**
     * Soon enough for a run of a minute: a request's own deadline, before clients give up by themselves, and snapshots.
     */
    private static final String SOON = """
        timeouts: {request: 2500ms}
        raft: {snapshot-interval: 15s}
        """;

    /** The YAML text that {@code meridian server --config} reads. */
    public String yaml() {
        String regions = layout.regions().entrySet().stream()
                .map(region -> "  %s: {nodes: {%s}}"
                        .formatted(
                                region.getKey(),
                                region.getValue().stream()
                                        .map(name -> name + ": \"" + peers.get(name) + '"')
                                        .collect(Collectors.joining(", "))))
                .collect(Collectors.joining("\n"));
        return """
            cluster: chaos
            node: %s
            data: %s
            listen: {resp: "%s", rest: "%s", peer: "%s", admin: "%s"}
            regions:
            %s
            databases:
              default:
                home: %s
                users:
                  default: {token: "%s"}
            """.formatted(
                                node,
                                data,
                                listen.resp(),
                                listen.rest(),
                                listen.peer(),
                                listen.admin(),
                                regions,
                                layout.home(),
                                layout.token())
                + SOON;
    }
}
