// SPDX-License-Identifier: Apache-2.0
/**
 * Keys, their values and their ends: what a command may read and change.
 *
 * <p>Imports values, never commands. Start reading at {@link io.meridian.engine.keyspace.Keyspace}.
 */
@NullMarked
package io.meridian.engine.keyspace;

import org.jspecify.annotations.NullMarked;
