// SPDX-License-Identifier: Apache-2.0
/**
 * Microbenchmarks of the engine's own cost, run by {@code bin/meridian bench jmh}.
 *
 * <p>The one place where bench looks inside: what a command costs without network, disk and other nodes can only be seen by
 * calling the engine itself. So these classes import it, and nothing outside this package may; the decoder of the RESP
 * frontend is visible only in its own package, where its benchmark therefore is ({@code io.meridian.resp}).
 */
@NullMarked
package io.meridian.bench.jmh;

import org.jspecify.annotations.NullMarked;
