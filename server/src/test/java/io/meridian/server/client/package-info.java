// SPDX-License-Identifier: Apache-2.0
/** Clients that others wrote, doing their usual work with real nodes. */
@NullMarked
package io.meridian.server.client;

import org.jspecify.annotations.NullMarked;
