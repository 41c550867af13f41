// SPDX-License-Identifier: Apache-2.0
/** Tests of the commands, family by family; each reads like a session with redis-cli. */
@NullMarked
package io.meridian.engine.command;

import org.jspecify.annotations.NullMarked;
