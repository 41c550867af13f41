// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Whether all replicas of each group have the same keyspace at the same index. */
public final class Digests {
    private Digests() {}

    /** Whether each group's replicas are all at one index, so that their digests can be compared. */
    public static boolean isLevel(List<ReplicaDigest> digests, Set<String> nodes) {
        Map<String, List<ReplicaDigest>> byGroup = byGroup(digests);
        return !byGroup.isEmpty()
                && byGroup.values().stream()
                        .allMatch(replicas -> missing(replicas, nodes).isEmpty()
                                && replicas.stream()
                                                .mapToLong(ReplicaDigest::appliedIndex)
                                                .distinct()
                                                .count()
                                        == 1);
    }

    /** Checks that each group has a replica on each of the nodes, all with the same index and digest. */
    public static Verdict check(List<ReplicaDigest> digests, Set<String> nodes) {
        List<Verdict> verdicts = new ArrayList<>();
        if (digests.isEmpty()) {
            verdicts.add(new Verdict.Undecided("no replica told its digest"));
        }
        byGroup(digests).forEach((group, replicas) -> verdicts.add(checkGroup(group, replicas, nodes)));
        return Verdict.all("digests: " + digests.size() + " replicas agree", verdicts);
    }

    private static Verdict checkGroup(String group, List<ReplicaDigest> replicas, Set<String> nodes) {
        Set<String> missing = missing(replicas, nodes);
        if (!missing.isEmpty()) {
            return new Verdict.Undecided(group + ": no digest from " + missing);
        }
        long indexes = replicas.stream()
                .mapToLong(ReplicaDigest::appliedIndex)
                .distinct()
                .count();
        long values = replicas.stream().map(ReplicaDigest::digest).distinct().count();
        String table = replicas.stream()
                .map(replica ->
                        "  %-14s index %-10d %s".formatted(replica.node(), replica.appliedIndex(), replica.digest()))
                .collect(Collectors.joining("\n"));
        if (indexes > 1) {
            return new Verdict.Broken(group + ": the replicas did not reach the same index:\n" + table);
        }
        return values > 1
                ? new Verdict.Broken(group + ": the replicas differ at the same index:\n" + table)
                : new Verdict.Holds(group);
    }

    private static Set<String> missing(List<ReplicaDigest> replicas, Set<String> nodes) {
        Set<String> seen = new HashSet<>();
        replicas.forEach(replica -> seen.add(replica.node()));
        Set<String> missing = new TreeSet<>(nodes);
        missing.removeAll(seen);
        return missing;
    }

    private static Map<String, List<ReplicaDigest>> byGroup(List<ReplicaDigest> digests) {
        return digests.stream().collect(Collectors.groupingBy(ReplicaDigest::group, TreeMap::new, Collectors.toList()));
    }
}
