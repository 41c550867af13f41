// SPDX-License-Identifier: Apache-2.0
/**
 * The program: its commands, and one node from its configuration to its end.
 *
 * <p>Wires what the other modules offer; nobody imports it. Start at {@link io.meridian.server.Meridian}, then
 * {@link io.meridian.server.node.Node}.
 */
@NullMarked
package io.meridian.server;

import org.jspecify.annotations.NullMarked;
