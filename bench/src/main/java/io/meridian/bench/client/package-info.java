// SPDX-License-Identifier: Apache-2.0
/**
 * The least of clients: one RESP connection, one HTTP question, and a counter of replies for the load generators.
 *
 * <p>Start reading at {@link io.meridian.bench.client.RespClient}.
 */
@NullMarked
package io.meridian.bench.client;

import org.jspecify.annotations.NullMarked;
