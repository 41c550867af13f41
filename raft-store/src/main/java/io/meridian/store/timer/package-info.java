// SPDX-License-Identifier: Apache-2.0
/** One coarse timer for everything in the process that waits in tens of milliseconds; start at {@code CoarseTimer}. */
@NullMarked
package io.meridian.store.timer;

import org.jspecify.annotations.NullMarked;
