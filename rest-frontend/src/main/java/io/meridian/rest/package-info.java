// SPDX-License-Identifier: Apache-2.0
/**
 * The same commands over HTTP, wire compatible with Upstash's REST API.
 *
 * <p>The only place that touches Netty's HTTP and Jackson. Start reading at {@link io.meridian.rest.RestConnection}.
 */
@NullMarked
package io.meridian.rest;

import org.jspecify.annotations.NullMarked;
