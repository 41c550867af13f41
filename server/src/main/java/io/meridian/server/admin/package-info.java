// SPDX-License-Identifier: Apache-2.0
/**
 * The admin port: whether the node lives and is ready, and its metrics; plain HTTP, no token.
 *
 * <p>Start at {@link io.meridian.server.admin.AdminServer}; what is asked is registered in
 * {@link io.meridian.server.admin.Health}.
 */
@NullMarked
package io.meridian.server.admin;

import org.jspecify.annotations.NullMarked;
