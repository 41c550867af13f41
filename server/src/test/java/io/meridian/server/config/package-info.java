// SPDX-License-Identifier: Apache-2.0
/** Tests of the configuration. */
@NullMarked
package io.meridian.server.config;

import org.jspecify.annotations.NullMarked;
