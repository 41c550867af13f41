// SPDX-License-Identifier: Apache-2.0
/**
 * What the machine does while something is measured: processor time of servers, load and everybody else, and memory.
 *
 * <p>Reads Linux' /proc. Start reading at {@link io.meridian.bench.machine.Machine}.
 */
@NullMarked
package io.meridian.bench.machine;

import org.jspecify.annotations.NullMarked;
