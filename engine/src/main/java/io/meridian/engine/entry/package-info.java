// SPDX-License-Identifier: Apache-2.0
/**
 * What is in the log: the bytes of an entry and of the bundles it is made of.
 *
 * <p>Start reading at {@link io.meridian.engine.entry.Bundle}.
 */
@NullMarked
package io.meridian.engine.entry;

import org.jspecify.annotations.NullMarked;
