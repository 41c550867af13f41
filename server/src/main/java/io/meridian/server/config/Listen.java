// SPDX-License-Identifier: Apache-2.0
package io.meridian.server.config;

import io.meridian.router.topology.HostPort;

/** Where a node listens; port 0 means any free one. */
public record Listen(HostPort resp, HostPort rest, HostPort peer, HostPort admin) {}
