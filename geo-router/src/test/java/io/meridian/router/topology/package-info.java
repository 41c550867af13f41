// SPDX-License-Identifier: Apache-2.0
/** Tests of the topology records. */
@NullMarked
package io.meridian.router.topology;

import org.jspecify.annotations.NullMarked;
