// SPDX-License-Identifier: Apache-2.0
/**
 * What the log looks like; set up in code, so that one setting chooses between lines for people and for programs.
 *
 * <p>Start at {@link io.meridian.server.log.Logs}.
 */
@NullMarked
package io.meridian.server.log;

import org.jspecify.annotations.NullMarked;
