// SPDX-License-Identifier: Apache-2.0
/** Tests of the coarse timer. */
@NullMarked
package io.meridian.store.timer;

import org.jspecify.annotations.NullMarked;
