// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a node says of its replica of one group, in the section {@code # Meridian} of INFO.
 *
 * @param role {@code leader}, {@code follower} or {@code learner}
 * @param leader the node it takes for the leader; empty when it knows none
 */
public record ReplicaView(String group, String role, long applied, long commit, String leader) {

    public boolean isLeader() {
        return "leader".equals(role);
    }

    /** Reads the lines {@code group<number>:name=<group>,role=…,applied=…,commit=…,leader=…}; other lines are passed over. */
    public static List<ReplicaView> parse(String section) {
        List<ReplicaView> views = new ArrayList<>();
        for (String line : section.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).matches("group\\d+")) {
                String[] fields = line.substring(colon + 1).strip().split(",", -1);
                Map<String, String> named = new HashMap<>();
                for (int i = 0; i < fields.length; i++) {
                    int equals = fields[i].indexOf('=');
                    if (equals > 0) {
                        named.put(fields[i].substring(0, equals), fields[i].substring(equals + 1));
                    }
                }
                views.add(new ReplicaView(
                        named.getOrDefault("name", ""),
                        named.getOrDefault("role", ""),
                        Long.parseLong(named.getOrDefault("applied", "0")),
                        Long.parseLong(named.getOrDefault("commit", "0")),
                        named.getOrDefault("leader", "")));
            }
        }
        return views;
    }
}
