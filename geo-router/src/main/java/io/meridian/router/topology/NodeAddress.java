// SPDX-License-Identifier: Apache-2.0
package io.meridian.router.topology;

/** Where a node is: its region, and the address at which other nodes reach it. */
public record NodeAddress(NodeId id, RegionId region, HostPort peer) {}
