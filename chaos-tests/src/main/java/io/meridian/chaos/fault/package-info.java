// SPDX-License-Identifier: Apache-2.0

/** Faults by a seeded schedule, never more at once than the cluster must stand. */
@NullMarked
package io.meridian.chaos.fault;

import org.jspecify.annotations.NullMarked;
