// SPDX-License-Identifier: Apache-2.0

/** One Redis connection at a time to one node: commands, and Meridian's own words. */
@NullMarked
package io.meridian.chaos.client;

import org.jspecify.annotations.NullMarked;
