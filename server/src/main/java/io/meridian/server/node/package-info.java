// SPDX-License-Identifier: Apache-2.0
/**
 * One node's parts, joined: store, router and frontends, each of which knows only its own ports.
 *
 * <p>Start reading at {@link io.meridian.server.node.Serving}.
 */
@NullMarked
package io.meridian.server.node;

import org.jspecify.annotations.NullMarked;
