// SPDX-License-Identifier: Apache-2.0
/** What the integration tests run against: clusters of real nodes in this process, and small clients of them. */
@NullMarked
package io.meridian.server.testing;

import org.jspecify.annotations.NullMarked;
