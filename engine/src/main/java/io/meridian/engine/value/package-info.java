// SPDX-License-Identifier: Apache-2.0
/**
 * What a key holds: one type per Redis data type, with the algorithms on it.
 *
 * <p>Knows nothing of keys or commands. Start reading at {@link io.meridian.engine.value.Value}.
 */
@NullMarked
package io.meridian.engine.value;

import org.jspecify.annotations.NullMarked;
