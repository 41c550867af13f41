// SPDX-License-Identifier: Apache-2.0
/**
 * The words every part of the engine speaks: bytes, command lines, replies, moments.
 *
 * <p>Imports nothing but the JDK. Start reading at {@link io.meridian.engine.Args}.
 */
@NullMarked
package io.meridian.engine;

import org.jspecify.annotations.NullMarked;
