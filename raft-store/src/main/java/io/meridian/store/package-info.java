// SPDX-License-Identifier: Apache-2.0
/**
 * Makes keyspaces replicated and durable: a {@link io.meridian.store.Replica} of each group, its batches, its applier, its
 * snapshots.
 *
 * <p>The only package, with those below it, that knows JRaft, RocksDB and the disk. Imports the engine and the messages, never
 * the router or a frontend. Start reading at {@link io.meridian.store.Replica}.
 *
 * <pre>
 *   submit --&gt; Batcher --entry--&gt; JRaft (log, quorum) --&gt; Applier --&gt; GroupState
 *                 ^                                          |  replies, in the log's order
 *                 +------------ next entry when one is done -+--&gt; completions
 *   read ----------------------- shared lock ----------------^
 *   readLinearizable --&gt; ReadIndexes --quorum--&gt; shared lock -^
 * </pre>
 */
@NullMarked
package io.meridian.store;

import org.jspecify.annotations.NullMarked;
