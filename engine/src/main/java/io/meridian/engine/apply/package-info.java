// SPDX-License-Identifier: Apache-2.0
/**
 * Runs entries against the data of a group: the only place where a keyspace changes.
 *
 * <p>Start reading at {@link io.meridian.engine.apply.GroupState}.
 */
@NullMarked
package io.meridian.engine.apply;

import org.jspecify.annotations.NullMarked;
