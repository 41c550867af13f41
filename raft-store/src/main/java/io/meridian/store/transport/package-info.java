// SPDX-License-Identifier: Apache-2.0
/**
 * Carries Raft's messages between nodes: JRaft's transport on gRPC, one {@code PeerTransport} for each node.
 *
 * <p>It knows JRaft, gRPC and Netty, and nothing of groups, keyspaces or the disk. Start at {@code PeerTransport}; what
 * travels is described in {@code transport.proto}.
 *
 * <pre>
 *  JRaft node of a group                                              JRaft node of the group there
 *   | PeerRpcClient (one per group)                                     ^ RpcProcessor, on its executor
 *   v                                                                   |
 *  PeerLink (one per peer and lane) --FrameWriter-- gRPC stream --FrameReader-- InboundStream
 *   ^ replies, paired by call number ------------------------------------------+
 * </pre>
 *
 * <p>Three lanes, a connection each, to every peer:
 *
 * <ul>
 *   <li>CONTROL: votes, heartbeats, read index. Small, so nothing waits behind a large entry. A heartbeat may overtake
 *       entries: JRaft gives it the index that the replica has acknowledged, which is there whatever is on its way.
 *   <li>ENTRIES: AppendEntries with entries or a probe, in the order sent, for each (group, replica).
 *   <li>BULK: snapshots, opened when first needed, with executors of its own.
 * </ul>
 */
@NullMarked
package io.meridian.store.transport;

import org.jspecify.annotations.NullMarked;
