// SPDX-License-Identifier: Apache-2.0
/**
 * Requests from node to node, over one gRPC stream per pair and direction.
 *
 * <p>The only place of the router that touches gRPC. Start reading at {@link io.meridian.router.forward.ForwardClient}.
 */
@NullMarked
package io.meridian.router.forward;

import org.jspecify.annotations.NullMarked;
