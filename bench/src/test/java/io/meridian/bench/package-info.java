// SPDX-License-Identifier: Apache-2.0
/** What the tests of several packages need. */
@NullMarked
package io.meridian.bench;

import org.jspecify.annotations.NullMarked;
