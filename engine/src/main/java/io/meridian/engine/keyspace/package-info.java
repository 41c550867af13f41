// SPDX-License-Identifier: Apache-2.0
/**
 * Keys, their values and their ends: what a command may read and change.
 *
 * <p>Imports values, never commands. Start reading at {@link io.meridian.engine.keyspace.Keyspace}.
 *
 * <pre>
 * GroupKeys -- database, number --&gt; NumberedKeys = KeyTable (Segment: tags, slots) + ExpiryIndex
 *                                                  slot = PackedString (key and short string in one array) | Entry
 * NumberedView, NumberedKeyspace: what one command sees of them and does to them
 * KeysSnapshot = a SnapshotPart for each NumberedKeys: what the walk has not reached and has changed since the begin
 * </pre>
 */
@NullMarked
package io.meridian.engine.keyspace;

import org.jspecify.annotations.NullMarked;
