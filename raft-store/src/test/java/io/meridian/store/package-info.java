// SPDX-License-Identifier: Apache-2.0
/** Replicas of real groups, on real nodes of one process, over the real transport and disk. */
@NullMarked
package io.meridian.store;

import org.jspecify.annotations.NullMarked;
