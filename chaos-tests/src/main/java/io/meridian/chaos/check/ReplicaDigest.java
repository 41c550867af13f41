// SPDX-License-Identifier: Apache-2.0
package io.meridian.chaos.check;

/** What one replica said of its keyspace: its digest just after it had applied that index. */
public record ReplicaDigest(String node, String group, long appliedIndex, String digest) {}
