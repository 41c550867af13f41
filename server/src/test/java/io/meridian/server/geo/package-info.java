// SPDX-License-Identifier: Apache-2.0
/** Regions far from each other: what a client of one sees of what was written in another. */
@NullMarked
package io.meridian.server.geo;

import org.jspecify.annotations.NullMarked;
