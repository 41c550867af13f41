// SPDX-License-Identifier: Apache-2.0
/**
 * RESP2 and RESP3 over TCP: bytes into command lines, replies into bytes, in order.
 *
 * <p>The only place that touches Netty's TCP for Redis clients. Start reading at {@link io.meridian.resp.RespConnection}.
 */
@NullMarked
package io.meridian.resp;

import org.jspecify.annotations.NullMarked;
