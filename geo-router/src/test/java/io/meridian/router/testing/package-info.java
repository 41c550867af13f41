// SPDX-License-Identifier: Apache-2.0
/**
 * A router without network or disk, for the tests of what stands on it: the real commands on a real group state.
 *
 * <p>Start reading at {@link io.meridian.router.testing.LoneNode}.
 */
@NullMarked
package io.meridian.router.testing;

import org.jspecify.annotations.NullMarked;
