// SPDX-License-Identifier: Apache-2.0
/** Tests of the package of this name. */
@NullMarked
package io.meridian.bench.system;

import org.jspecify.annotations.NullMarked;
