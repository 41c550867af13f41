// SPDX-License-Identifier: Apache-2.0
/**
 * Decides where a request runs: placement, consistency levels, sessions, forwarding to the home leader.
 *
 * <p>Sees groups only through the port {@link io.meridian.router.Replica} and other nodes through
 * {@link io.meridian.router.Peers}; imports the engine, never the store. Start reading at {@link
 * io.meridian.router.RouterSession}.
 */
@NullMarked
package io.meridian.router;

import org.jspecify.annotations.NullMarked;
