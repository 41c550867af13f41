// SPDX-License-Identifier: Apache-2.0

/** What the tests of all packages share, and the chaos run itself. */
@NullMarked
package io.meridian.chaos;

import org.jspecify.annotations.NullMarked;
