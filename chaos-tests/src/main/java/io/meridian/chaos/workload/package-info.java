// SPDX-License-Identifier: Apache-2.0

/** Clients in every region that use registers, counters and lists, and record what they saw. */
@NullMarked
package io.meridian.chaos.workload;

import org.jspecify.annotations.NullMarked;
