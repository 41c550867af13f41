// SPDX-License-Identifier: Apache-2.0
/**
 * Session tokens: the highest index seen per group, as text that a client carries between nodes and protocols.
 *
 * <p>Start reading at {@link io.meridian.router.token.SessionToken}.
 */
@NullMarked
package io.meridian.router.token;

import org.jspecify.annotations.NullMarked;
