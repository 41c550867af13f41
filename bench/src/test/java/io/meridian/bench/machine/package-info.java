// SPDX-License-Identifier: Apache-2.0
/** Tests of the package of this name. */
@NullMarked
package io.meridian.bench.machine;

import org.jspecify.annotations.NullMarked;
