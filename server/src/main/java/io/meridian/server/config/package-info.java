// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration of one node: a strict reader of a YAML file and of {@code MERIDIAN_*} variables.
 *
 * <p>Start at {@link io.meridian.server.config.Settings}, the one table of all settings, then
 * {@link io.meridian.server.config.ConfigLoader}.
 */
@NullMarked
package io.meridian.server.config;

import org.jspecify.annotations.NullMarked;
