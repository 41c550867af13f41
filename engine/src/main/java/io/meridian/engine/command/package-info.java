// SPDX-License-Identifier: Apache-2.0
/**
 * Commands: the declarative table, their specs, parsers and functions, one file per family.
 *
 * <p>Start reading at {@link io.meridian.engine.command.Command}.
 */
@NullMarked
package io.meridian.engine.command;

import org.jspecify.annotations.NullMarked;
